/// When the next connection may be tried after failures.
struct BackOff: Sendable {
    private(set) var failures = 0
    /// Not before; nil when nothing failed lately.
    private(set) var notBefore: MonotonicTime?
    private let shortest: Duration
    private let longest: Duration
    private var random: SplitMix64

    init(from shortest: Duration, to longest: Duration, seed: UInt64) {
        self.shortest = shortest
        self.longest = longest
        random = SplitMix64(state: seed)
    }

    /// Several connections that end together are one failure: while a wait is on, another failure does not double it.
    mutating func failed(_ now: MonotonicTime) {
        if let notBefore, now < notBefore { return }
        let doubled = shortest * (1 << min(failures, 16))
        let full = min(doubled, longest)
        failures += 1
        // Half of the wait is random, so that many gateways do not come back in step.
        notBefore = now + full / 2 + full / 2 * Double.random(in: 0..<1, using: &random)
    }

    mutating func reset() {
        failures = 0
        notBefore = nil
    }

    func remaining(_ now: MonotonicTime) -> Duration {
        guard let notBefore, now < notBefore else { return .zero }
        return notBefore - now
    }
}

/// Small seeded generator (Steele, Lea, Flood 2014): the rules must be repeatable in tests.
struct SplitMix64: RandomNumberGenerator, Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
