/// A verdict with the provider's own words, for the operator's timeline. Never holds a token or a text.
package struct Classification: Hashable, Sendable {
    package var verdict: Verdict
    /// HTTP status, 0 when there was none.
    package var status: Int
    /// The provider's reason word (`Unregistered`, `UNAVAILABLE`) or a short word of ours (`timeout`).
    package var reason: String

    package init(_ verdict: Verdict, status: Int, reason: String) {
        self.verdict = verdict
        self.status = status
        self.reason = reason
    }

    /// Also says something of the lane: enough of these in a row open its breaker (``LaneState/failuresMax``).
    package var isFailureOfLane: Bool {
        switch verdict {
        case .ambiguous: true
        case .deferred: status >= 500
        default: false
        }
    }
}
