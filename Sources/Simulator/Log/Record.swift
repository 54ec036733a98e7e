/// One line of the log: a request and what became of it.
package struct Record: Sendable {
    package enum Outcome: String, Sendable {
        /// The provider took it: the push is on its way, the grant is given, the user is known.
        case accepted
        /// The request was wrong.
        case refused
        /// The request was right and a script answered otherwise.
        case scripted
        /// The request was right and a script made the provider never answer.
        case silent
        /// The request was right and a script cut it off: RST_STREAM, GOAWAY below it, or the connection's end.
        case lost
    }

    package var provider: SimulatedService
    package var outcome: Outcome
    /// Nil for silence.
    package var status: Int?
    package var reason: String?
    /// Device token, service account or user id; never a bearer.
    package var token: String
    package var connection: Int
    /// Of the JWT or access token shown: equal for equal ones, and of no use to whoever reads it.
    package var credential: String?
    /// Provider-specific members: identifiers, headers of interest, the decoded payload.
    package var more: [String: JSON]

    package init(
        _ provider: SimulatedService,
        _ outcome: Outcome,
        status: Int?,
        reason: String? = nil,
        token: String,
        connection: Int,
        more: [String: JSON] = [:]
    ) {
        self.provider = provider
        self.outcome = outcome
        self.status = status
        self.reason = reason
        self.token = token
        self.connection = connection
        self.more = more
    }

    /// No answer reaches the sender: how it was lost stands in the log, whether the push was taken in the outcome.
    mutating func lose(_ how: String, outcome: Outcome) {
        self.outcome = outcome
        status = nil
        more["answer"] = .string(how)
    }

    /// The log's line; `sequence` counts from 1 without gaps, `at` is in milliseconds since 1970.
    func json(sequence: Int64, at: Int64) -> JSON {
        var members = more
        members["seq"] = .integer(sequence)
        members["at"] = .integer(at)
        members["provider"] = .string(provider.rawValue)
        members["outcome"] = .string(outcome.rawValue)
        members["token"] = .string(token)
        members["connection"] = .integer(Int64(connection))
        if let status { members["status"] = .integer(Int64(status)) }
        if let credential { members["credential"] = .string(credential) }
        if let reason { members["reason"] = .string(reason) }
        return .object(members)
    }
}
