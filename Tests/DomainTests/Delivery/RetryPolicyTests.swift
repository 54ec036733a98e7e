import Domain
import TestSupport
import Testing

struct RetryPolicyTests {
    static let now = Instant(seconds: 1_790_000_000)

    /// Attempt, seconds the provider asked for, random, seconds until the next.
    @Test(
        arguments: [
            (1, nil, 0, 2.5), (1, nil, 0.999_999, 5), (2, nil, 0, 5), (3, nil, 0, 10), (5, nil, 0.5, 60),
            (8, nil, 0, 320), (9, nil, 0, 450), (19, nil, 0.999_999, 900), (1, 60, 0.5, 60), (19, 60, 0, 450),
            (1, 0, 0, 2.5), (1, -30, 0, 2.5), (0, nil, 0, 2.5),
        ] as [(Int, Int64?, Double, Double)]
    )
    func `the wait doubles up to a quarter of an hour`(attempts: Int, asked: Int64?, random: Double, seconds: Double) {
        let decision = RetryPolicy(attemptsMax: 20).decide(
            attempts: attempts,
            retryAfter: asked.map { .seconds($0) },
            expiresAt: Self.now + .seconds(86_400),
            now: Self.now,
            random: random
        )
        guard case .retry(let at) = decision else {
            Issue.record("\(decision)")
            return
        }
        #expect(abs((at - Self.now) / .seconds(1) - seconds) < 0.01)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `never before what the provider asked, never at the expiry or later, never beyond the attempts`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<2000 {
            let policy = RetryPolicy(attemptsMax: Int.random(in: 1...12, using: &random))
            let attempts = Int.random(in: 1...14, using: &random)
            let asked: Duration? =
                Bool.random(using: &random) ? nil : .milliseconds(Int64.random(in: -5000...2_000_000, using: &random))
            let expiresAt = Self.now + .milliseconds(Int64.random(in: -1000...1_000_000, using: &random))
            let decision = policy.decide(
                attempts: attempts,
                retryAfter: asked,
                expiresAt: expiresAt,
                now: Self.now,
                random: Double.random(in: 0..<1, using: &random)
            )
            #expect((decision == .giveUp) == (attempts >= policy.attemptsMax), "seed \(seed)")
            guard case .retry(let at) = decision else { continue }
            #expect(at > Self.now && at < expiresAt, "seed \(seed)")
            #expect(at >= Self.now + (asked ?? .zero), "seed \(seed)")
        }
    }

    @Test func `a wait beyond the end of time expires`() {
        let decision = RetryPolicy(attemptsMax: 8).decide(
            attempts: 1,
            retryAfter: .seconds(Int64.max),
            expiresAt: Self.now + .seconds(60),
            now: Self.now,
            random: 0
        )
        #expect(decision == .expire)
    }
}
