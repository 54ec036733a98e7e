import Dialects
import Domain
import NATS
import Pipeline

extension Publishing {
    /// A message of a broker: one event, in the form its text shows, or in binary mode where its headers say so.
    func receipt(of message: NATSMessage) async throws(Problem) -> Receipt {
        var publishing = self
        publishing.keptSince = message.kept.map { Instant(milliseconds: $0.storedAt) }
        let header = { MessageHeaders(message.headers)[$0] }
        let submission: EventSubmission
        do throws(EventRefusal) {
            submission = try EventParser(limits: services.limits).parse(
                header("ce-specversion") == nil ? .dialect : .binary,
                header: header,
                body: message.body,
                receivedAt: services.time.now()
            )
        } catch {
            let problem = Problem(error)
            guard let refused = error.refused else { throw problem }
            return try await publishing.repeated(refused, or: problem)
        }
        guard case .one(let event) = submission else { preconditionFailure("Neither form is that of a batch.") }
        return try await publishing.accept(event)
    }
}

/// A message's headers as those of a request: `Nats-Msg-Id`, by which a stream knows a message again, is an idempotency key.
struct MessageHeaders {
    private let headers: [String: String]

    init(_ headers: [String: String]) { self.headers = headers }

    /// Letter case does not count.
    subscript(name: String) -> String? {
        let name = name.lowercased()
        if name == "idempotency-key", headers[name] == nil { return headers["nats-msg-id"].map(Self.quoted) }
        return headers[name]
    }

    /// As a structured string; what is no visible ASCII, by its bytes.
    private static func quoted(_ text: String) -> String {
        guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            return "\"" + text.utf8.map { String($0, radix: 16) }.joined(separator: "-") + "\""
        }
        return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
