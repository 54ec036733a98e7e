package import Domain

/// Why a request to publish is not accepted, before anything is stored: the content of the problem answer.
package struct EventRefusal: Error, Hashable, Sendable {
    /// HTTP status: 400, 413, 415 or 422.
    package var status: Int
    /// Stable word of the API documentation.
    package var code: String
    /// A sentence for the publisher's developer; quotes no title, name or token.
    package var detail: String
    /// Every mistake found in the event, at most ``errorsMax``.
    package var errors: [FieldError]
    /// What was refused, as far as it says who it is: it may be the repetition of an event that was right when it was accepted.
    package var refused: Identified?

    package struct Identified: Hashable, Sendable {
        package var identity: EventIdentity
        /// As ``ParsedEvent/hashedBytes``.
        package var hashedBytes: [UInt8]

        package init(identity: EventIdentity, hashedBytes: [UInt8]) {
            self.identity = identity
            self.hashedBytes = hashedBytes
        }
    }

    /// A body of wrong entries would be answered with a larger one.
    package static let errorsMax = 100

    package init(_ status: Int, _ code: String, _ detail: String, errors: [FieldError] = []) {
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors
    }

    static func invalid(_ errors: [FieldError]) -> EventRefusal {
        EventRefusal(422, "invalidEvent", "The event was understood but is wrong.", errors: errors)
    }

    package static func json(_ error: JSONError) -> EventRefusal {
        let code =
            switch error.kind {
            case .notUTF8: "notUTF8"
            case .tooDeep: "tooDeep"
            case .duplicateMember: "duplicateMember"
            case .nameTooLong: "nameTooLong"
            case .syntax, .trailingBytes: "notJSON"
            }
        return EventRefusal(400, code, error.sentence, errors: [FieldError(error.pointer, code, error.sentence)])
    }

    package static func tooLarge(_ bytesMax: Int) -> EventRefusal {
        EventRefusal(413, "tooLarge", "The body is larger than \(bytesMax) bytes.")
    }

    /// The same, of an event that says who it is.
    func of(_ identity: EventIdentity, _ hashedBytes: [UInt8]) -> EventRefusal {
        var refusal = self
        refusal.refused = Identified(identity: identity, hashedBytes: hashedBytes)
        return refusal
    }
}
