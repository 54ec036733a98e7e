import Domain
import Testing

struct LaneStateTests {
    enum Input: String, CaseIterable, Sendable {
        case answered, failed, busy, credentialRefused, pause, drain, resume
    }

    static func lane(in word: String) -> LaneState {
        var lane = LaneState()
        switch word {
        case "paused": lane.pause("order")
        case "draining": lane.pause("order", draining: true)
        case "open": lane.busy("429", retryAfter: nil, now: 0, random: 0)
        case "halfOpen":
            lane.busy("429", retryAfter: nil, now: 0, random: 0)
            lane.resume()
        case "credentialFault": lane.credentialRefused("403", now: 0)
        default: break
        }
        return lane
    }

    static func apply(_ input: Input, to lane: inout LaneState, now: Int64, random: Double = 0.5) {
        switch input {
        case .answered: lane.answered()
        case .failed: lane.failed("timeout", now: now, random: random)
        case .busy: lane.busy("429", retryAfter: nil, now: now, random: random)
        case .credentialRefused: lane.credentialRefused("403", now: now)
        case .pause: lane.pause("order")
        case .drain: lane.pause("order", draining: true)
        case .resume: lane.resume()
        }
    }

    /// From, then to for each input in the order of `Input.allCases`.
    @Test(
        arguments: [
            ("active", ["active", "active", "open", "credentialFault", "paused", "draining", "active"]),
            ("paused", ["paused", "paused", "paused", "paused", "paused", "draining", "active"]),
            ("draining", ["draining", "draining", "paused", "paused", "paused", "draining", "active"]),
            ("open", ["open", "open", "open", "credentialFault", "paused", "draining", "halfOpen"]),
            ("halfOpen", ["active", "open", "open", "credentialFault", "paused", "draining", "halfOpen"]),
            (
                "credentialFault",
                [
                    "credentialFault", "credentialFault", "credentialFault", "credentialFault", "paused", "draining",
                    "halfOpen",
                ]
            ),
        ]
    )
    func `transitions`(from: String, to: [String]) {
        for (input, word) in zip(Input.allCases, to) {
            var lane = Self.lane(in: from)
            #expect(lane.word == from)
            Self.apply(input, to: &lane, now: 10)
            #expect(lane.word == word, "\(from) on \(input)")
        }
    }

    @Test func `a draining lane sends what it has, and stops when the provider fails`() {
        var lane = Self.lane(in: "draining")
        let permitsBefore = lane.permits(inFlight: 0, now: 0)
        for _ in 0..<LaneState.failuresMax { lane.failed("reset", now: 0, random: 0) }
        let permitsAfter = lane.permits(inFlight: 0, now: .max)
        #expect(permitsBefore && !permitsAfter)
        #expect(lane.word == "paused" && lane.reason == "reset")
    }

    @Test(arguments: ["active", "paused", "draining", "open", "halfOpen", "credentialFault"])
    func `a probe asks what the provider closed, and ends no pause`(from: String) {
        var lane = Self.lane(in: from)
        lane.probe()
        #expect(lane.word == (from == "open" ? "halfOpen" : from))
        let permits = lane.permits(inFlight: 0, now: 0)
        #expect(permits == !["paused"].contains(from))
    }

    /// The host falls ill while the credential is refused: what the probes meet says nothing of the credential.
    @Test(arguments: [Input.failed, .busy])
    func `a refused credential stays one through an ill host`(sickness: Input) throws {
        var lane = Self.lane(in: "credentialFault")
        for _ in 0..<20 {
            let now = try #require(lane.wakeAt)
            let permits = lane.permits(inFlight: 0, now: now)
            #expect(permits && lane.word == "credentialFault" && lane.reason == "403")
            Self.apply(sickness, to: &lane, now: now)
            #expect(lane.word == "credentialFault" && lane.reason == "403")
            #expect(try #require(lane.wakeAt) >= now + LaneState.probeIntervalMilliseconds)
        }
        let now = try #require(lane.wakeAt)
        _ = lane.permits(inFlight: 0, now: now)
        lane.answered()
        #expect(lane.isActive && lane.reason.isEmpty)
    }

    @Test func `only failures in a row open the lane`() {
        var lane = LaneState()
        for _ in 1..<LaneState.failuresMax { lane.failed("reset", now: 0, random: 0) }
        lane.answered()
        for _ in 1..<LaneState.failuresMax { lane.failed("reset", now: 0, random: 0) }
        #expect(lane.isActive)
        lane.failed("reset", now: 0, random: 0)
        #expect(lane.word == "open" && lane.reason == "reset")
    }

    @Test(
        arguments: [(nil, 1000...2000), (30_000, 30_000...30_000), (-5, 1000...2000), (.max, 86_400_000...86_400_000)]
            as [(Int64?, ClosedRange<Int64>)]
    )
    func `a wait that was asked for is kept, up to a day`(asked: Int64?, wait: ClosedRange<Int64>) throws {
        var lane = LaneState()
        lane.busy("503", retryAfter: asked, now: 5_000, random: 0.3)
        let until = try #require(lane.wakeAt)
        #expect(wait.contains(until - 5_000))
        // A success that was under way does not cut it short, and a shorter wait asked for later neither.
        lane.answered()
        lane.busy("503", retryAfter: 1, now: 5_000, random: 0)
        #expect(lane.wakeAt == until)
        let (before, after) = (lane.permits(inFlight: 0, now: until - 1), lane.permits(inFlight: 0, now: until))
        #expect(!before && after)
    }

    @Test(arguments: [21, 22, 23, 24, 25, 26, 27, 28] as [UInt64])
    func `on a random walk the promises of each state hold`(seed: UInt64) {
        var random = SeededWalk(seed: seed)
        var lane = LaneState()
        var now: Int64 = 0
        var refusedAt: Int64?
        for _ in 0..<5000 {
            now += Int64.random(in: 0...5000, using: &random)
            let before = lane.word
            let inFlight = Int.random(in: 0...2, using: &random)
            let permits = lane.permits(inFlight: inFlight, now: now)
            if permits {
                #expect(before != "paused", "seed \(seed)")
                #expect(["active", "draining"].contains(before) || inFlight == 0, "seed \(seed): one probe at a time")
                if before == "credentialFault", let refusedAt {
                    #expect(now - refusedAt >= LaneState.probeIntervalMilliseconds, "seed \(seed)")
                }
            }
            if let wakeAt = lane.wakeAt { #expect(wakeAt > now, "seed \(seed): a lane that may wake has woken") }
            if lane.isActive { #expect(lane.reason.isEmpty, "seed \(seed)") }

            let input = Input.allCases.randomElement(using: &random)!
            Self.apply(input, to: &lane, now: now, random: Double.random(in: 0..<1, using: &random))
            if input == .credentialRefused, lane.word == "credentialFault" { refusedAt = now }
        }
    }

    /// The dispatcher in small: probes when the lane permits, and is answered by a provider that is sick until it is not.
    @Test(arguments: [31, 32, 33, 34, 35, 36] as [UInt64], [Input.failed, .busy, .credentialRefused])
    func `sending resumes by itself within 90 seconds of recovery`(seed: UInt64, sickness: Input) {
        var random = SeededWalk(seed: seed)
        var lane = LaneState()
        let recovery = Int64.random(in: 1000...3_600_000, using: &random)
        var now: Int64 = 0
        var probes: [Int64] = []
        while now < recovery + 90_000, !(now > recovery && lane.isActive) {
            if lane.permits(inFlight: 0, now: now) {
                if !lane.isActive { probes.append(now) }
                Self.apply(
                    now >= recovery ? .answered : sickness,
                    to: &lane,
                    now: now,
                    random: Double.random(in: 0..<1, using: &random)
                )
            }
            now += 100
        }
        #expect(lane.isActive, "seed \(seed)")
        #expect(now - recovery <= 61_000, "seed \(seed)")
        if sickness == .credentialRefused {
            for (one, next) in zip(probes, probes.dropFirst()) { #expect(next - one >= 60_000, "seed \(seed)") }
        }
    }
}
