import Domain

/// The keys that route a tap alone are beyond the provider's limit: this message can never be accepted.
package struct MessageTooLargeError: Error, Hashable, Sendable {
    /// Bytes of the message with empty texts and nothing in `params` but `resourceUri`.
    package var bytes: Int
    package var limit: Int

    package init(bytes: Int, limit: Int) {
        self.bytes = bytes
        self.limit = limit
    }
}

/// Title, body and `params` of a message, cut to what a provider's byte limit leaves beside the routing keys.
///
/// The body gives way first, then the title, but only down to a readable rest: before a text falls below it, members of
/// `params` that One Pocket does not read go, longest first. Otherwise a flash message, whose whole HTML ENT puts into
/// `params.content`, would arrive without a word of text.
struct MessageFitting {
    var title: String
    var body: String
    /// A JSON object; at least `{}`.
    var params: String

    /// Members of `params` that One Pocket reads when a notification is tapped. They go only when nothing else is
    /// left to drop, and `resourceUri`, which opens the page, never.
    static let paramsRead: Set<String> = [
        "resourceUri", "username", "resourceName", "resourceFolderUri", "resourceFolderName", "uri",
    ]
    /// What opens the page of a form, and what the page of a mail shows: they outweigh the text, and go only from a message that could not
    /// be sent at all with them.
    static let paramsKept: Set<String> = ["formUri", "formResultsUri", "subject"]
    static let paramNeverCut = "resourceUri"
    /// Escaped bytes a text keeps while there is something in `params` to drop: about three lines and one line of a phone.
    static let bodyBytesKept = 200
    static let titleBytesKept = 100

    /// - Parameters:
    ///   - message: with its texts and `params` whole.
    ///   - room: bytes the escaped title, body and `params` may weigh together.
    ///   - limit: only for the error.
    /// - Throws: ``MessageTooLargeError`` when `room` does not hold what is never cut.
    init(_ message: Message, room: Int, limit: Int) throws(MessageTooLargeError) {
        var params = FittingParams(message.params.object ?? JSONObject())
        let titleBytes = JSONText.escapedCount(of: message.title.utf8)
        let bodyBytes = JSONText.escapedCount(of: message.body.utf8)
        let titleFloor = min(titleBytes, Self.titleBytesKept)
        let bodyFloor = min(bodyBytes, Self.bodyBytesKept)

        while room - params.escapedBytes < titleFloor + bodyFloor, params.dropNext() {}
        while room < params.escapedBytes, params.dropKept() {}

        let textRoom = room - params.escapedBytes
        guard textRoom >= 0 else { throw MessageTooLargeError(bytes: limit - textRoom, limit: limit) }
        let bodyRoom = max(textRoom - titleBytes, min(bodyFloor, textRoom - titleFloor), 0)
        body = JSONText.cut(message.body, toEscapedBytes: bodyRoom)
        title = JSONText.cut(message.title, toEscapedBytes: textRoom - JSONText.escapedCount(of: body.utf8))
        self.params = params.text
    }
}

/// The members of `params`, weighed once, and the order in which they go.
private struct FittingParams {
    private var members: [String]
    private var sizes: [Int]
    /// Indices into `members`, the next to go last.
    private var droppable: [Int]
    private var kept: [Int]
    private var memberBytes: Int
    private var memberCount: Int

    init(_ object: JSONObject) {
        var names: [String] = []
        members = []
        for member in object {
            var bytes: [UInt8] = []
            JSONWriter.appendName(member.name, to: &bytes)
            JSONWriter.append(member.value, to: &bytes)
            members.append(String(decoding: bytes, as: UTF8.self))
            names.append(member.name)
        }
        let sizes = members.map { JSONText.escapedCount(of: $0.utf8) }
        self.sizes = sizes
        kept = members.indices.filter { MessageFitting.paramsKept.contains(names[$0]) }.sorted { sizes[$0] < sizes[$1] }
        droppable = members.indices.filter {
            names[$0] != MessageFitting.paramNeverCut && !MessageFitting.paramsKept.contains(names[$0])
        }.sorted { left, right in
            let (leftRead, rightRead) = (
                MessageFitting.paramsRead.contains(names[left]), MessageFitting.paramsRead.contains(names[right])
            )
            return leftRead == rightRead ? (sizes[left], right) < (sizes[right], left) : leftRead
        }
        memberBytes = sizes.reduce(0, +)
        memberCount = sizes.count
    }

    /// Bytes inside the JSON string that holds the object: braces, members with their quotes escaped, commas.
    var escapedBytes: Int { 2 + memberBytes + max(0, memberCount - 1) }

    /// False when only what must stay is left.
    mutating func dropNext() -> Bool { drop(droppable.popLast()) }

    mutating func dropKept() -> Bool { drop(kept.popLast()) }

    private mutating func drop(_ index: Int?) -> Bool {
        guard let index else { return false }
        members[index] = ""
        memberBytes -= sizes[index]
        memberCount -= 1
        return true
    }

    var text: String { "{" + members.filter { !$0.isEmpty }.joined(separator: ",") + "}" }
}
