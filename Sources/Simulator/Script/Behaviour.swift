/// What a script makes a provider do with one request that is otherwise correct: an answer, or none, and what happens to the
/// connection beside it.
package struct Behaviour: Hashable, Sendable {
    package enum Action: Hashable, Sendable {
        /// As without a script; for exceptions to a rule for everybody, or for what happens to the connection only.
        case accept
        /// Never answers; the connection stays open.
        case silence
        /// RST_STREAM with this code; over HTTP/1.1 the connection is closed.
        case reset(code: UInt32)
        /// Closes the connection without an answer.
        case close
        /// Never answers and stops reading the connection: a half-open peer, whose PINGs get no answer either.
        case freeze
        /// A name of the provider's catalogue, such as `unregistered` or `503`; see ``ScriptedAnswers``.
        case named(String)
        /// Any status; for APNs, FCM and Web Push with the provider's own error body around `reason`.
        case status(Int, reason: String?)
        /// Any status with this body as it stands.
        case raw(Int, contentType: String, body: String)
    }

    package enum RetryAfter: Hashable, Sendable {
        /// As it stands: seconds (negative and absurd ones too), a date, nonsense.
        case text(String)
        /// An HTTP date so many seconds after the answer, or before it.
        case date(afterSeconds: Int64)
    }

    package var action: Action
    package var condition = Condition()
    package var retryAfter: RetryAfter?
    /// For APNs 410.
    package var timestamp: Timestamp?
    /// Before the answer, on top of the simulator's own latency.
    package var delayMilliseconds: Int64 = 0
    /// Sent beside the usual ones; names in lower case.
    package var headers: [String: String] = [:]
    /// DATA frames an answer's body is cut into.
    package var frames = 1
    /// An error's HEADERS end the stream, whatever its body would have been.
    package var omitsBody = false
    /// The provider takes the push although the answer is lost (silence, reset, close, freeze): the ambiguous case.
    package var delivers = false
    /// Before the answer, in order; ignored by HTTP/1.1.
    package var connectionActions: [ConnectionAction] = []

    package enum Timestamp: Hashable, Sendable {
        /// Milliseconds since 1970.
        case at(Int64)
        /// Milliseconds from the present, negative for the past.
        case fromNow(Int64)

        func milliseconds(now: Int64) -> Int64 {
            switch self {
            case .at(let time): time
            case .fromNow(let offset): now + offset
            }
        }
    }

    package init(_ action: Action, times: Int? = nil, retryAfter: RetryAfter? = nil) {
        self.action = action
        condition.times = times
        self.retryAfter = retryAfter
    }
}
