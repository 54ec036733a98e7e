/// The share of rejections among the answers of the last five minutes, from counters that only grow.
package struct RejectionShare: Sendable {
    private static let window: Int64 = 300_000
    /// Below it a few dead phones are a fifth.
    private static let answersMin = 50

    private struct Sample {
        var at: Int64
        var accepted: UInt64
        var rejected: UInt64
    }

    private var samples: [Sample] = []

    package init() {}

    /// The counters at an instant (monotonic milliseconds), each not less than before.
    package mutating func note(accepted: UInt64, rejected: UInt64, at: Int64) {
        samples.append(Sample(at: at, accepted: accepted, rejected: rejected))
        // The one before the window's start stays: what came since then is counted from it.
        while samples.count > 2, samples[1].at <= at - Self.window { samples.removeFirst() }
    }

    package var isAlarming: Bool {
        guard let first = samples.first, let last = samples.last else { return false }
        let rejected = Int(last.rejected - first.rejected)
        let answers = Int(last.accepted - first.accepted) + rejected
        return answers >= Self.answersMin && rejected * 5 > answers
    }
}
