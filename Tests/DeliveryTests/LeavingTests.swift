import Domain
import FoundationEssentials
import Providers
import Testing

@testable import Delivery

/// The table of `Privacy.md` (and its French twin) against the bytes that leave the house.
struct LeavingTests {
    /// What a cell says: nothing leaves, what all publications of a kind have alike, or a publication's or receiver's own.
    private enum Cell: String { case nothing = "–", alike = "kind", own }

    private static let classes = [DataClass.clear, .generic, .encrypted]

    /// Provider, then member, then a cell for each class.
    private static func table(_ page: String) throws -> [String: [String: [Cell]]] {
        let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
        let text = try String(contentsOfFile: root + "/Sources/Carillon.docc/" + page, encoding: .utf8)
        var table: [String: [String: [Cell]]] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("| FCM `") || line.hasPrefix("| APNs `") {
            let cells = line.split(separator: "|").map { $0.filter { $0 != " " && $0 != "`" } }
            try #require(cells.count == 4, "\(line)")
            let provider = line.hasPrefix("| FCM") ? "FCM" : "APNs"
            let words = try cells[1...].map { try #require(Cell(rawValue: $0), "\(line)") }
            table[provider, default: [:]][String(cells[0].dropFirst(provider.count))] = words
        }
        return table
    }

    /// Two that differ in everything but their kind.
    private static func message(_ own: String, _ dataClass: DataClass) -> Message {
        var publication = Publication(
            app: "BLOG",
            action: "PUBLISH-POST",
            school: "0429901A",
            audience: [],
            title: "title \(own)",
            body: "body \(own)"
        )
        publication.authorID = "author-\(own)"
        publication.resourceID = "resource-\(own)"
        publication.resourceSubID = "post-\(own)"
        publication.params = ["resourceUri": .string("/blog#/view/\(own)"), "username": .string("Mme \(own)")]
        var message = MessageBuilder.message(
            publication,
            event: EventID(rawValue: 7),
            dataClass: dataClass,
            kinds: PublicationCatalogue(),
            texts: MessageTexts(language: "fr")
        )
        if dataClass == .clear { message.about = "child \(own)" }
        return message
    }

    private static func body(_ provider: String, _ own: String, _ dataClass: DataClass) throws -> JSONValue {
        let message = message(own, dataClass)
        let encrypted = dataClass == .encrypted ? Array("secret-\(own)".utf8) : nil
        let title = MessageTexts(language: "fr").text(.notification)
        let (receiver, collapseID) = (Array("user-\(own)".utf8), Array("collapse-\(own)".utf8))
        var body: [UInt8] = []
        if provider == "FCM" {
            let form =
                try encrypted == nil
                ? FCMMessage(message)
                : FCMMessage(template: FCMMessage.frame(title: title, urgency: .normal))
            form.appendBody(
                kind: .token,
                target: Array("token-\(own)".utf8).span,
                receiver: receiver.span,
                collapseID: collapseID.span,
                expiry: .at(Instant(seconds: own == "a" ? 2_000 : 3_000)),
                encrypted: encrypted,
                now: Instant(seconds: 1_000),
                to: &body
            )
        } else {
            let form =
                try encrypted == nil
                ? APNsMessage(message)
                : APNsMessage(template: APNsMessage.frame(title: title, urgency: .normal))
            form.appendBody(receiver: receiver.span, encrypted: encrypted, to: &body)
        }
        return try JSONParser.parse(body)
    }

    /// Every member with a value, by its path; those of `params`, which is a text, as if they stood there.
    private static func leaves(_ value: JSONValue, _ path: String = "") throws -> [String: String] {
        if path.hasSuffix("params"), let text = value.string { return try leaves(try JSONParser.parse(text), path) }
        guard let object = value.object else { return value == "" ? [:] : [path: JSONWriter.text(value)] }
        var found: [String: String] = [:]
        for member in object {
            let name = path.isEmpty ? member.name : path + "." + member.name
            found.merge(try leaves(member.value, name)) { first, _ in first }
        }
        return found
    }

    @Test(arguments: ["Privacy.md", "Confidentialite.md"])
    func `the table says what is on the wire, and nothing else is`(page: String) throws {
        let table = try Self.table(page)
        #expect(table.keys.sorted() == ["APNs", "FCM"])
        for (provider, members) in table {
            for (index, dataClass) in Self.classes.enumerated() {
                let first = try Self.leaves(try Self.body(provider, "a", dataClass))
                let second = try Self.leaves(try Self.body(provider, "b", dataClass))
                let told = members.filter { $0.value[index] != .nothing }
                #expect(Set(told.keys) == Set(first.keys), "\(page) \(provider) \(dataClass.name)")
                for (member, cells) in told {
                    let isOwn = first[member] != second[member]
                    #expect(isOwn == (cells[index] == .own), "\(page) \(provider) \(dataClass.name) \(member)")
                }
            }
        }
    }
}
