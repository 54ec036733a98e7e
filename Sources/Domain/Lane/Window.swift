/// How many requests of a lane may be under way: grows while answers come, shrinks when they fail, and comes back step by step after
/// the lane was closed, so that a provider that has just recovered does not meet the whole backlog at once.
///
/// Additive increase, multiplicative decrease, as TCP does and Postfix for its destinations. No clock: monotonic milliseconds come in.
package struct Window: Hashable, Sendable {
    /// Streams that may be open at most; the engine's connections bound them besides.
    package let most: Int
    private var size: Double
    /// Below it the window doubles with each round of answers, above it grows by one a round.
    private var threshold: Double
    /// Far more than any window at first: the first failure cuts.
    private var answersSinceCut = 1 << 30
    private var ramp = Ramp.none

    private enum Ramp: Hashable, Sendable {
        case none
        /// Begins at the next question.
        case due
        case since(Int64)
    }

    /// A new lane begins here: enough for the small events of a morning, few for a provider that is about to say no.
    static let first = 32.0
    static let least = 1.0
    /// After a closed time: a tenth, doubled every ten seconds [FCM: scale, "ramp up over at least 60 seconds" from nothing].
    static let rampShare = 0.1
    static let rampStepMilliseconds: Int64 = 10_000

    package init(most: Int) {
        precondition(most > 0, "A window has room for one request")
        self.most = most
        size = min(Self.first, Double(most))
        threshold = Double(most)
    }

    /// Requests that may be under way now.
    package mutating func limit(now: Int64) -> Int {
        switch ramp {
        case .none: return Int(size)
        case .due:
            ramp = .since(now)
            return rampLimit(0)
        case .since(let start):
            let steps = (now - start) / Self.rampStepMilliseconds
            if Self.rampShare * Double(1 << min(max(steps, 0), 16)) >= 1 { ramp = .none }
            return rampLimit(steps)
        }
    }

    package mutating func answered() {
        if answersSinceCut < 1 << 30 { answersSinceCut += 1 }
        guard size < Double(most) else { return }
        size = min(Double(most), size + (size < threshold ? 1 : 1 / size))
    }

    /// One cut for all that fail together: what is in flight fails for the same cause.
    package mutating func failed() {
        guard Double(answersSinceCut) >= size else {
            answersSinceCut += 1
            return
        }
        answersSinceCut = 0
        size = max(Self.least, size * 0.7)
        threshold = size
    }

    /// The lane opens again after it was closed.
    package mutating func reopened() {
        ramp = .due
        threshold = Double(most)
    }

    private func rampLimit(_ steps: Int64) -> Int {
        let share = min(1, Self.rampShare * Double(1 << min(max(steps, 0), 16)))
        return max(1, Int(min(size, (Double(most) * share).rounded(.up))))
    }
}
