import Dialects
import Domain
import Hummingbird

/// What every order says of itself: who wants it, and why. Both go to the audit log.
struct OrderBody: Sendable {
    private static let whyBytesMax = 1000

    /// The caller's word for its name, with the user the kernel says it is.
    var actor: String
    var why: String
    var members: JSONValue

    /// Reads the body; an empty one is allowed while nothing in it is needed.
    static func read(
        _ call: Call,
        _ services: APIServices,
        needsWhy: Bool,
        bytesMax: Int = 16 * 1024
    ) async throws(Problem) -> OrderBody {
        let body = try await BodyReader(bytesMax: bytesMax, timeout: services.bodyTimeout).bytes(of: call.request)
        var value: JSONValue = [:]
        if !body.isEmpty || needsWhy {
            do { value = try JSONParser.parse(body) } catch { throw Problem(.json(error)) }
        }
        var errors: [FieldError] = []
        func text(_ name: String) -> String {
            guard let member = value[name], !member.isNull else { return "" }
            guard let text = member.string, text.utf8.count <= whyBytesMax else {
                let detail = "Expected a string of at most \(whyBytesMax) bytes."
                errors.append(FieldError(JSONPointer.root.member(name), "malformed", detail))
                return ""
            }
            return text
        }
        let name = text("actor")
        let why = text("why")
        if needsWhy, errors.isEmpty, why.allSatisfy(\.isWhitespace) {
            errors.append(FieldError("/why", "missing", "Say why; it goes to the audit log."))
        }
        guard errors.isEmpty else { throw Problem(.invalidOrder, "The order is wrong.", errors: errors) }
        return OrderBody(actor: actor(name, uid: await PeerCredential.uid(of: call.context)), why: why, members: value)
    }

    /// The caller's word for its name beside what the kernel says; at most 200 characters of it.
    static func actor(_ name: String, uid: UInt32?) -> String {
        let name = String(name.prefix(200))
        guard let uid else { return name.isEmpty ? "unknown" : name }
        return name.isEmpty || name == "uid \(uid)" ? "uid \(uid)" : "\(name) (uid \(uid))"
    }
}
