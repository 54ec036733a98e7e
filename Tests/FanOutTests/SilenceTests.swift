import FanOut
import Testing

/// Peers that take nothing, answer nothing, or almost nothing.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct SilenceTests {
    @Test(arguments: ["streams", "window"])
    func `a limit of zero is waited for and nothing is sent before it rises`(closed: String) async throws {
        let lane = try TestLane(["--closed", closed])

        await lane.send(["/ok", "/ok"], untilFinished: 2)

        for ticket in 1...2 as ClosedRange<UInt64> {
            #expect(lane.feed.outcomes[ticket]?.status == 200)
            #expect(lane.feed.field("x-early", of: ticket) == "0")
        }
        await lane.end()
    }

    @Test func `a window of the connection that is used up and opened again loses nothing`() async throws {
        let lane = try TestLane(["--stingy"], feed: TestFeed(bodyBytes: 4096))

        // 160 bodies are ten windows; the last is opened once more than used up.
        await lane.send(Array(repeating: "/ok", count: 159), untilFinished: 159)

        #expect(lane.feed.outcomes.values.allSatisfy { $0.status == 200 })
        await lane.end()
    }

    @Test func `a peer that does not read is noticed by its missing PING, and what never left is free`() async throws {
        var rules = PoolRules.forTests
        rules.pingAfterSilence = .milliseconds(500)
        rules.pingTimeout = .seconds(1)
        let lane = try TestLane(["--deaf", "1"], rules: rules)

        // 40 KiB a path: more than socket buffers and our own output hold together, so the last ones taken stay behind.
        let path = "/ok/" + String(repeating: "x", count: 40 << 10)
        await lane.send(Array(repeating: path, count: 400), untilFinished: 400)

        let outcomes = lane.feed.outcomes.sorted { $0.key < $1.key }.map(\.value)
        let lost = outcomes.prefix { $0 == .ambiguous(.connectionLost("PING unanswered")) }
        let free = outcomes.dropFirst(lost.count).prefix { $0 == .notProcessed(.neverWritten) }
        #expect(!lost.isEmpty)
        #expect(!free.isEmpty)
        #expect(outcomes.dropFirst(lost.count + free.count).allSatisfy { $0.status == 200 })
        await lane.end()
    }

    @Test func `a request that never left when its time is over is free too`() async throws {
        let lane = try TestLane(["--deaf", "1"], deadline: .seconds(1))

        let path = "/ok/" + String(repeating: "x", count: 40 << 10)
        await lane.send(Array(repeating: path, count: 200), untilFinished: 200)

        let outcomes = lane.feed.outcomes.sorted { $0.key < $1.key }.map(\.value)
        let lost = outcomes.prefix { $0 == .ambiguous(.deadline) }
        let free = outcomes.dropFirst(lost.count).prefix { $0 == .notProcessed(.neverWritten) }
        #expect(!lost.isEmpty)
        #expect(!free.isEmpty)
        await lane.end()
    }

    @Test func `a peer that takes no requests for too long is left for another connection`() async throws {
        var rules = PoolRules.forTests
        rules.stallMax = .milliseconds(100)
        let lane = try TestLane(["--streams", "1000", "--deaf", "0"], rules: rules)
        await lane.send(["/settings/0"], untilFinished: 1)

        await lane.send(["/ok"], untilFinished: 2)

        #expect(lane.feed.outcomes[2] == .answered(200, body: "", connection: "2", peak: 1))
        let reasons = lane.feed.events.compactMap { event -> String? in
            guard case .closed(_, let reason, _) = event else { return nil }
            return reason
        }
        #expect(reasons == ["the peer takes no requests"])
        await lane.end()
    }

    @Test func `an answer that comes byte by byte for ever ends at the deadline`() async throws {
        let lane = try TestLane(deadline: .seconds(1))

        await lane.send(["/slow"], untilFinished: 1)
        await lane.send(["/ok"], untilFinished: 2)

        #expect(lane.feed.outcomes[1] == .ambiguous(.deadline))
        #expect(lane.feed.outcomes[2] == .answered(200, body: "", connection: "2", peak: 1))
        await lane.end()
    }

    @Test func `a feed that holds back loses nothing and is not asked in a circle`() async throws {
        let feed = TestFeed(limit: 3)
        let lane = try TestLane(feed: feed)

        await lane.send(Array(repeating: "/ok", count: 60), untilFinished: 60)
        #expect(feed.inFlightMax == 3)
        // Each answer asks once more than it sends, and so does the beginning.
        #expect(feed.questions <= 2 * 60 + 2)

        feed.setLimit(0)
        lane.send(Array(repeating: "/ok", count: 10))
        feed.setLimit(10)
        lane.engine.wake(lane.lane)
        await feed.wait { $0.outcomes.count == 70 }
        #expect(feed.outcomes.values.allSatisfy { $0.status == 200 })
        await lane.end()
    }

    @Test func `a feed that holds back everything is left alone until it wakes the lane`() async throws {
        let feed = TestFeed(limit: 1)
        let lane = try TestLane(feed: feed)
        await lane.send(["/ok"], untilFinished: 1)
        feed.setLimit(0)
        let asked = feed.questions

        for number in 1...5 {
            lane.send(["/ok"])
            await feed.wait { $0.questions >= asked + number }
        }

        #expect(feed.questions <= asked + 6, "one question per wake")
        feed.setLimit(1)
        lane.engine.wake(lane.lane)
        await feed.wait { $0.outcomes.count == 6 }
        await lane.end()
    }
}
