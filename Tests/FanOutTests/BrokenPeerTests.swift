import FanOut
import Testing

/// Peers that break HTTP/2 itself: the connection ends with a reason, nothing grows, and the next one works.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct BrokenPeerTests {
    @Test(arguments: [
        // Scenario of broken_connections.py, and whether the connection survives it.
        ("garbage", false), ("cut-frame", false), ("oversized-frame", false), ("header-garbage", false),
        ("data-first", true), ("idle-stream", false), ("window-overflow", false), ("bad-setting", false),
        ("goaway-up", false), ("continuation-flood", false), ("settings-flood", false), ("ping-flood", false),
        ("no-status", true), ("push", true),
    ])
    func `a peer that breaks HTTP/2 costs its requests a doubt and the lane a connection`(
        scenario: String,
        survives: Bool
    ) async throws {
        let lane = try TestLane(["--first", scenario], deadline: survives ? .seconds(1) : .seconds(20))

        await lane.send(["/ok"], untilFinished: 1)
        await lane.feed.wait { $0.events.contains { if case .closed = $0 { true } else { false } } }
        await lane.send(["/ok"], untilFinished: 2)

        guard case .ambiguous(let why) = lane.feed.outcomes[1] else {
            Issue.record("\(scenario): \(String(describing: lane.feed.outcomes[1]))")
            return
        }
        if case .connectionLost(let reason) = why { #expect(!reason.isEmpty) }
        #expect(lane.feed.outcomes[2] == .answered(200, body: "", connection: "2", peak: 1))
        await lane.end()
    }

    @Test(arguments: ["empty-data-flood", "informational-flood", "goaway-flood"])
    func `a flood that keeps to the protocol ends with the request's deadline`(scenario: String) async throws {
        let lane = try TestLane(["--first", scenario], deadline: .seconds(1))

        await lane.send(["/ok"], untilFinished: 1)
        await lane.send(["/ok"], untilFinished: 2)

        #expect(lane.feed.outcomes[1] == .ambiguous(.deadline))
        #expect(lane.feed.outcomes[2] == .answered(200, body: "", connection: "2", peak: 1))
        let goAways = lane.feed.events.filter { if case .goAway = $0 { true } else { false } }
        #expect(goAways.count <= 4)
        await lane.end()
    }

    @Test(arguments: [21, 22, 23] as [UInt64])
    func `frames changed at random end every request once and harm nothing else`(seed: UInt64) async throws {
        let lane = try TestLane(["--fuzz", "60", "--seed", "\(seed)"], deadline: .seconds(1))

        // One at a time, so that each connection gets one: some end at the changed frames, some at the hang-up.
        for number in 1...60 { await lane.send(["/ok"], untilFinished: number) }

        print("seed \(seed): \(lane.feed.outcomes.values.filter { $0.status == nil }.count) of 60 without an answer")
        await lane.end()
    }

    @Test(arguments: ["empty-data-flood", "informational-flood"])
    func `a flood on one lane leaves the others their turn`(scenario: String) async throws {
        let flooded = try TestLane(["--first", scenario])
        flooded.send(["/ok"])
        await flooded.feed.wait { $0.inFlightMax == 1 }

        let pair = [try TestCertificates.file("good.pem"), try TestCertificates.file("good.key")]
        let (server, port) = try Child.script("hostile-server.py", pair)
        var configuration = LaneConfiguration(host: "localhost", port: port, rules: .forTests)
        configuration.extraCAFile = try TestCertificates.file("ca.pem")
        let feed = TestFeed()
        try flooded.engine.add(EngineLane(2), configuration, feed: feed)
        feed.add(Array(repeating: "/ok", count: 200))
        flooded.engine.wake(EngineLane(2))
        await feed.wait { $0.outcomes.count == 200 }

        #expect(feed.outcomes.values.allSatisfy { $0.status == 200 })
        #expect(flooded.feed.outcomes.isEmpty, "the flood goes on")
        await flooded.engine.shutDown(within: .zero)
        await flooded.end()
        withExtendedLifetime(server) {}
    }

    @Test func `a field of four kilobytes named ten thousand times is dropped and the answer stands`() async throws {
        let lane = try TestLane(["--first", "header-bomb"])

        await lane.send(["/ok"], untilFinished: 1)

        #expect(lane.feed.outcomes[1]?.status == 200)
        #expect(lane.feed.isTruncated)
        await lane.end()
    }

    @Test func `a header list beyond every limit ends the connection`() async throws {
        let lane = try TestLane(["--first", "header-list"])

        await lane.send(["/ok"], untilFinished: 1)
        await lane.send(["/ok"], untilFinished: 2)

        guard case .ambiguous(.connectionLost) = lane.feed.outcomes[1] else {
            Issue.record("\(String(describing: lane.feed.outcomes[1]))")
            return
        }
        #expect(lane.feed.outcomes[2]?.status == 200)
        await lane.end()
    }

    @Test(arguments: [("http1", "HTTP/2"), ("no-settings", "no HTTP/2 SETTINGS")])
    func `a peer that speaks something else after TLS is a failure to connect`(scenario: String, words: String)
        async throws
    {
        var rules = PoolRules.forTests
        if scenario == "no-settings" { rules.connectTimeout = .milliseconds(300) }
        let lane = try TestLane(["--first", scenario], rules: rules)

        let failure = await lane.connectFailure()

        switch failure {
        case .protocolError(let text) where scenario == "http1": #expect(text.hasPrefix("localhost: "))
        case .timedOut(let text) where scenario == "no-settings": #expect(text.contains(words))
        default: Issue.record("\(String(describing: failure))")
        }
        await lane.end()
    }

    @Test func `a server that hangs up after the handshake is tried again and not at once`() async throws {
        let lane = try TestLane(["--hang-up", "3"])

        await lane.send(["/ok"], untilFinished: 1)

        #expect(lane.feed.outcomes[1] == .answered(200, body: "", connection: "4", peak: 1))
        let waits = lane.feed.events.compactMap { event -> Duration? in
            guard case .connectFailed(.protocolError, let retryAfter) = event else { return nil }
            return retryAfter
        }
        #expect(waits.count == 3)
        #expect(waits.allSatisfy { $0 > .zero })
        await lane.end()
    }
}
