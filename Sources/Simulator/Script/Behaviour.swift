/// What a script makes a provider do with one request that is otherwise correct.
package struct Behaviour: Hashable, Sendable {
    package enum Action: Hashable, Sendable {
        /// As without a script; for exceptions to a rule for everybody.
        case accept
        /// Never answers; the connection stays open.
        case silence
        /// A word of the provider's catalogue, such as `unregistered` or `503`; see ``ScriptedAnswers``.
        case named(String)
        /// Any status; for APNs and FCM with the provider's own error body around `reason`.
        case status(Int, reason: String?)
        /// Any status with this body as it stands.
        case raw(Int, contentType: String, body: String)
    }

    package var action: Action
    /// How often before the next step of the script; nil is for ever.
    package var times: Int?
    /// Sent as `Retry-After`, in seconds or as an HTTP date.
    package var retryAfter: String?
    /// For APNs 410, milliseconds since 1970; the present by default.
    package var timestamp: Int64?
    /// Before the answer, on top of the simulator's own latency.
    package var delayMilliseconds: Int64

    package init(
        _ action: Action,
        times: Int? = nil,
        retryAfter: String? = nil,
        timestamp: Int64? = nil,
        delayMilliseconds: Int64 = 0
    ) {
        self.action = action
        self.times = times
        self.retryAfter = retryAfter
        self.timestamp = timestamp
        self.delayMilliseconds = delayMilliseconds
    }
}
