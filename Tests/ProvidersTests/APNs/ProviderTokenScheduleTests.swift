import Domain
import Providers
import TestSupport
import Testing

@Suite struct ProviderTokenScheduleTests {
    static let start = Samples.now

    /// Counts what it makes and tells the tokens apart by their time.
    final class Mint {
        private(set) var count = 0

        func callAsFunction(at now: Instant) -> ProviderToken {
            count += 1
            return ProviderToken(keyID: "KEY", value: "jwt-\(now.seconds)", issuedAtSeconds: now.seconds)
        }
    }

    /// A use: connection, minutes since the start, and the minute of birth of the token it must get.
    struct Use: Sendable {
        var connection: UInt64
        var minute: Int64
        var issued: Int64

        init(_ connection: UInt64, at minute: Int64, gets issued: Int64) {
            self.connection = connection
            self.minute = minute
            self.issued = issued
        }
    }

    @Test(arguments: [
        (
            "one connection in steady use",
            [
                Use(1, at: 0, gets: 0), Use(1, at: 20, gets: 0), Use(1, at: 35, gets: 0), Use(1, at: 36, gets: 36),
                Use(1, at: 71, gets: 36), Use(1, at: 72, gets: 72),
            ]
        ),
        (
            "a connection opened late keeps its token 21 minutes",
            [
                Use(1, at: 0, gets: 0), Use(2, at: 34, gets: 0), Use(1, at: 36, gets: 36), Use(2, at: 36, gets: 0),
                Use(2, at: 54, gets: 0), Use(2, at: 55, gets: 36),
            ]
        ),
        (
            "a new connection starts with the newest",
            [
                Use(1, at: 0, gets: 0), Use(2, at: 30, gets: 0), Use(3, at: 40, gets: 40), Use(2, at: 41, gets: 0),
            ]
        ),
        (
            "after an idle night a token is made on use",
            [
                Use(1, at: 0, gets: 0), Use(1, at: 600, gets: 600), Use(1, at: 601, gets: 600),
            ]
        ),
        (
            "made long ago, first used late",
            [Use(1, at: 0, gets: 0), Use(2, at: 46, gets: 46), Use(2, at: 50, gets: 46)]
        ),
    ])
    func `each connection gets the token it may use`(name: String, uses: [Use]) {
        var schedule = ProviderTokenSchedule(stored: nil, keyID: "KEY")
        let mint = Mint()

        for use in uses {
            let now = Self.start + .seconds(use.minute * 60)
            let token = schedule.token(for: use.connection, at: now) { mint(at: now) }
            #expect(token.issuedAt == Self.start + .seconds(use.issued * 60), "\(name), minute \(use.minute)")
        }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `over random uses no connection sees a second token within 20 minutes or one older than an hour`(seed: UInt64)
    {
        var random = SeededRandom(seed: seed)
        var schedule = ProviderTokenSchedule(stored: nil, keyID: "KEY")
        var seen: [UInt64: (token: ProviderToken, firstUse: Instant)] = [:]
        var now = Self.start
        var next: UInt64 = 0
        var open: [UInt64] = []

        for _ in 0..<1000 {
            now = now + .seconds(Int64.random(in: 0...(Bool.random(using: &random) ? 20 : 1500), using: &random))
            if open.isEmpty || UInt8.random(in: 0..<20, using: &random) == 0 {
                next += 1
                open.append(next)
            }
            if open.count > 4 { schedule.forget(open.removeFirst()) }
            let connection = open.randomElement(using: &random)!
            let issuedAt = now
            let token = schedule.token(for: connection, at: now) {
                ProviderToken(keyID: "KEY", value: "\(issuedAt)", issuedAtSeconds: issuedAt.seconds)
            }

            #expect(now - token.issuedAt < .seconds(3600), "seed \(seed)")
            if let before = seen[connection], before.token != token {
                #expect(now - before.firstUse > .seconds(20 * 60), "seed \(seed)")
                seen[connection] = (token, now)
            } else if seen[connection] == nil {
                seen[connection] = (token, now)
            }
        }
    }

    @Test func `a restart goes on with the stored token`() {
        let stored = ProviderToken(keyID: "KEY", value: "stored", issuedAtSeconds: Self.start.seconds)
        var schedule = ProviderTokenSchedule(stored: stored, keyID: "KEY")
        let mint = Mint()
        let now = Self.start + .seconds(600)

        let token = schedule.token(for: 1, at: now) { mint(at: now) }

        #expect(token == stored)
        #expect(mint.count == 0)
    }

    @Test func `a process that restarts in a loop makes one token`() {
        var stored: ProviderToken?
        let mint = Mint()

        for restart in 0..<600 as Range<Int64> {
            let now = Self.start + .seconds(restart * 3)
            var schedule = ProviderTokenSchedule(stored: stored, keyID: "KEY")
            _ = schedule.token(for: 1, at: now) { mint(at: now) }
            stored = schedule.newest
        }

        #expect(mint.count == 1)
    }

    @Test(arguments: [
        ("another key", ProviderToken(keyID: "OTHER", value: "t", issuedAtSeconds: Samples.now.seconds)),
        ("too old", ProviderToken(keyID: "KEY", value: "t", issuedAtSeconds: Samples.now.seconds - 36 * 60)),
        ("from the future", ProviderToken(keyID: "KEY", value: "t", issuedAtSeconds: Samples.now.seconds + 600)),
    ])
    func `a stored token of no use is replaced`(name: String, stored: ProviderToken) {
        var schedule = ProviderTokenSchedule(stored: stored, keyID: "KEY")
        let mint = Mint()

        _ = schedule.token(for: 1, at: Self.start) { mint(at: Self.start) }

        #expect(mint.count == 1, "\(name)")
        #expect(schedule.newest?.value != "t")
    }

    @Test func `too many updates puts a connection back to its previous token, once`() {
        var schedule = ProviderTokenSchedule(stored: nil, keyID: "KEY")
        let mint = Mint()
        let first = schedule.token(for: 1, at: Self.start) { mint(at: Self.start) }
        let later = Self.start + .seconds(40 * 60)
        let second = schedule.token(for: 1, at: later) { mint(at: later) }
        #expect(second != first)

        let reverted = schedule.revert(1, rejected: second, at: later)
        let alsoInFlight = schedule.revert(1, rejected: second, at: later)
        let next = schedule.token(for: 1, at: later + .seconds(60)) { mint(at: later) }
        let revertedAgain = schedule.revert(1, rejected: first, at: later + .seconds(60))

        #expect(reverted == first)
        #expect(alsoInFlight == first)
        #expect(next == first)
        #expect(revertedAgain == nil)
        #expect(mint.count == 2)
    }

    @Test func `too many updates on a connection's first token leaves nothing to go back to`() {
        var schedule = ProviderTokenSchedule(stored: nil, keyID: "KEY")
        let mint = Mint()
        let token = schedule.token(for: 1, at: Self.start) { mint(at: Self.start) }

        let known = schedule.revert(1, rejected: token, at: Self.start)
        let unknown = schedule.revert(2, rejected: token, at: Self.start)

        #expect(known == nil && unknown == nil)
    }

    @Test func `a token put back is given up before Apple calls it expired`() {
        var schedule = ProviderTokenSchedule(stored: nil, keyID: "KEY")
        let mint = Mint()
        let first = schedule.token(for: 1, at: Self.start) { mint(at: Self.start) }
        let at54 = Self.start + .seconds(54 * 60)
        let second = schedule.token(for: 1, at: at54) { mint(at: at54) }
        let reverted = schedule.revert(1, rejected: second, at: at54)
        let at58 = Self.start + .seconds(58 * 60)
        let later = schedule.token(for: 1, at: at58) { mint(at: at58) }

        #expect(reverted == first)
        #expect(later != first)
    }

    @Test func `an expired token is replaced, a young one tells of a wrong clock`() {
        var schedule = ProviderTokenSchedule(stored: nil, keyID: "KEY")
        let mint = Mint()
        let first = schedule.token(for: 1, at: Self.start) { mint(at: Self.start) }

        let whileYoung = schedule.expire(first, at: Self.start + .seconds(20 * 60))
        #expect(!whileYoung && schedule.newest == first)

        let later = Self.start + .seconds(21 * 60)
        let whenOld = schedule.expire(first, at: later)
        let second = schedule.token(for: 2, at: later) { mint(at: later) }
        #expect(whenOld && second != first)

        let oldAgain = schedule.expire(first, at: later)
        #expect(oldAgain && schedule.newest == second, "the second of two such answers finds the new token")
    }

    @Test func `a token that cannot be made changes nothing`() {
        struct NoKey: Error {}
        var schedule = ProviderTokenSchedule(stored: nil, keyID: "KEY")

        #expect(throws: NoKey.self) {
            try schedule.token(for: 1, at: Self.start) { () throws(NoKey) in throw NoKey() }
        }
        #expect(schedule.newest == nil)
    }

    @Test func `a token shows itself to nobody`() {
        let token = ProviderToken(keyID: "KEY", value: "secret", issuedAtSeconds: 0)

        #expect(!"\(token) \(String(reflecting: token))".contains("secret"))
    }
}
