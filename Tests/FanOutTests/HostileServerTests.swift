import FanOut
import Testing

@Suite(.serialized, .timeLimit(.minutes(1)))
struct HostileServerTests {
    @Test func `an answer without a body comes with its fields`() async throws {
        let lane = try TestLane()

        await lane.send(["/ok"], untilFinished: 1)

        #expect(lane.feed.outcomes[1] == .answered(200, body: "", connection: "1", peak: 1))
        await lane.end()
    }

    @Test func `a body in three DATA frames is one body`() async throws {
        let lane = try TestLane()

        await lane.send(["/body"], untilFinished: 1)

        let body = #"{"name":"projects/x/messages/1"}"#
        #expect(lane.feed.outcomes[1] == .answered(200, body: body, connection: "1", peak: 1))
        await lane.end()
    }

    @Test func `informational answers are skipped and trailing fields kept`() async throws {
        let lane = try TestLane()

        await lane.send(["/info"], untilFinished: 1)

        #expect(lane.feed.outcomes[1]?.peak == 1)
        #expect(lane.feed.field("x-trailer", of: 1) == "end")
        await lane.end()
    }

    @Test func `a body beyond 16 KiB is cut off and the answer stands`() async throws {
        let lane = try TestLane()

        await lane.send(["/big"], untilFinished: 1)

        guard case .answered(200, let body, _, _) = lane.feed.outcomes[1] else {
            Issue.record("\(lane.feed.outcomes)")
            return
        }
        #expect(body.utf8.count == 16 << 10)
        #expect(lane.feed.isTruncated)
        await lane.send(["/ok"], untilFinished: 2)
        #expect(lane.feed.outcomes[2]?.status == 200)
        await lane.end()
    }

    @Test func `an answer before the end of the request body counts`() async throws {
        // Larger than the stream's first window, so the server answers while we still wait for room.
        let lane = try TestLane(feed: TestFeed(bodyBytes: 100_000))

        await lane.send(["/early", "/ok"], untilFinished: 2)

        #expect(lane.feed.outcomes[1]?.status == 413)
        #expect(lane.feed.outcomes[2]?.status == 200)
        await lane.end()
    }

    @Test func `one stream until the first success then many`() async throws {
        var rules = PoolRules.forTests
        rules.streamsBeforeFirstSuccess = 1
        let lane = try TestLane(feed: TestFeed(), rules: rules)

        await lane.send(["/status/403"] + Array(repeating: "/ok", count: 50), untilFinished: 51)

        // The rejected one proves nothing: the second is alone too, and its answer still says so.
        #expect(lane.feed.outcomes[2]?.peak == 1)
        #expect(lane.feed.outcomes[51]?.peak ?? 0 > 10)
        await lane.end()
    }

    @Test func `a server that allows one stream until the first answer sees one`() async throws {
        let lane = try TestLane(["--one-first"])

        await lane.send(Array(repeating: "/ok", count: 50), untilFinished: 50)

        #expect(lane.feed.outcomes.values.allSatisfy { $0.status == 200 })
        #expect(lane.feed.outcomes[1]?.peak == 1)
        #expect(lane.feed.outcomes[50]?.peak ?? 0 > 10)
        await lane.end()
    }

    @Test func `a limit that shrinks and grows again is obeyed at once`() async throws {
        let lane = try TestLane(["--streams", "1000"])
        await lane.send(["/settings/1"], untilFinished: 1)

        await lane.send(Array(repeating: "/ok", count: 20), untilFinished: 21)
        let narrow = lane.feed.outcomes[21]?.peak
        await lane.send(["/settings/1000"], untilFinished: 22)
        await lane.send(Array(repeating: "/hold", count: 30) + ["/release"], untilFinished: 53)

        #expect(narrow == 1)
        #expect(lane.feed.outcomes[53]?.peak == 31)
        await lane.end()
    }

    @Test func `a refused stream was not processed and any other reset is ambiguous`() async throws {
        let lane = try TestLane()

        await lane.send(["/refuse", "/reset", "/ok"], untilFinished: 3)

        #expect(lane.feed.outcomes[1] == .notProcessed(.refusedStream))
        #expect(lane.feed.outcomes[2] == .ambiguous(.reset(code: 2)))
        #expect(lane.feed.outcomes[3]?.status == 200)
        await lane.end()
    }

    @Test(arguments: [1, 2, 8, 11] as [UInt32])
    func `a reset that does not refuse is ambiguous`(code: UInt32) async throws {
        let lane = try TestLane()

        await lane.send(["/rst/\(code)"], untilFinished: 1)

        #expect(lane.feed.outcomes[1] == .ambiguous(.reset(code: code)))
        await lane.end()
    }

    @Test func `a refusal after the beginning of an answer is not believed`() async throws {
        let lane = try TestLane()

        await lane.send(["/rst-answered/7"], untilFinished: 1)

        #expect(lane.feed.outcomes[1] == .ambiguous(.reset(code: 7)))
        await lane.end()
    }

    @Test(arguments: [400, 410, 429, 500, 503])
    func `an error without a body, its HEADERS ending the stream, is an answer`(status: Int) async throws {
        let lane = try TestLane()

        await lane.send(["/empty/\(status)"], untilFinished: 1)

        #expect(lane.feed.outcomes[1] == .answered(status, body: "", connection: "1", peak: 1))
        await lane.end()
    }

    @Test func `a proxy's page of HTML comes as it is`() async throws {
        let lane = try TestLane()

        await lane.send(["/html/502"], untilFinished: 1)

        let page = "<html><h1>Bad Gateway</h1></html>"
        #expect(lane.feed.outcomes[1] == .answered(502, body: page, connection: "1", peak: 1))
        #expect(lane.feed.field("content-type", of: 1) == "text/html")
        await lane.end()
    }

    @Test(arguments: ["120", "Tue, 24 Nov 2026 12:00:00 GMT"])
    func `both forms of Retry-After reach the feed`(value: String) async throws {
        let lane = try TestLane()

        let path = "/retry-after/\(String(value.map { $0 == " " ? "_" : $0 }))"
        await lane.send([path], untilFinished: 1)

        #expect(lane.feed.outcomes[1]?.status == 503)
        #expect(lane.feed.field("retry-after", of: 1) == value)
        await lane.end()
    }

    @Test func `a connection ends when its stream ids do`() async throws {
        var rules = PoolRules.forTests
        rules.requestsPerConnectionMax = 10
        let lane = try TestLane(rules: rules)

        await lane.send(Array(repeating: "/ok", count: 25), untilFinished: 25)

        let connections = (1...25 as ClosedRange<UInt64>).compactMap { ticket -> String? in
            guard case .answered(200, _, let connection, _) = lane.feed.outcomes[ticket] else { return nil }
            return connection
        }
        #expect(Dictionary(grouping: connections, by: \.self).mapValues(\.count) == ["1": 10, "2": 10, "3": 5])
        await lane.end()
    }

    @Test func `a silent server costs the request its deadline and the connection its place`() async throws {
        let lane = try TestLane(deadline: .seconds(1))

        await lane.send(["/hold"], untilFinished: 1)
        await lane.send(["/ok"], untilFinished: 2)

        #expect(lane.feed.outcomes[1] == .ambiguous(.deadline))
        #expect(lane.feed.outcomes[2] == .answered(200, body: "", connection: "2", peak: 1))
        await lane.end()
    }

    @Test func `an unanswered PING ends the connection long before the deadline`() async throws {
        var rules = PoolRules.forTests
        rules.pingAfterSilence = .milliseconds(500)
        rules.pingTimeout = .seconds(1)
        let lane = try TestLane(rules: rules)

        await lane.send(["/freeze"], untilFinished: 1)
        await lane.send(["/ok"], untilFinished: 2)

        #expect(lane.feed.outcomes[1] == .ambiguous(.connectionLost("PING unanswered")))
        #expect(lane.feed.outcomes[2]?.status == 200)
        await lane.end()
    }

    @Test func `a connection cut in flight is ambiguous and replaced`() async throws {
        let lane = try TestLane()

        await lane.send(["/hold", "/hangup"], untilFinished: 2)
        await lane.send(["/ok"], untilFinished: 3)

        for ticket in 1...2 {
            guard case .ambiguous(.connectionLost) = lane.feed.outcomes[UInt64(ticket)] else {
                Issue.record("ticket \(ticket): \(String(describing: lane.feed.outcomes[UInt64(ticket)]))")
                continue
            }
        }
        #expect(lane.feed.outcomes[3] == .answered(200, body: "", connection: "2", peak: 1))
        await lane.end()
    }

    @Test func `bodies larger than the peer's window all arrive`() async throws {
        let lane = try TestLane(feed: TestFeed(bodyBytes: 4096))

        await lane.send(Array(repeating: "/ok", count: 300), untilFinished: 300)

        #expect(lane.feed.outcomes.values.allSatisfy { $0.status == 200 })
        await lane.end()
    }

    @Test func `shutdown reports what is still in flight exactly once`() async throws {
        let lane = try TestLane()
        await lane.send(["/hold", "/hold", "/ok"], untilFinished: 1)

        await lane.engine.shutDown(within: .milliseconds(100))

        #expect(lane.feed.outcomes[1] == .ambiguous(.shutdown))
        #expect(lane.feed.outcomes[2] == .ambiguous(.shutdown))
        #expect(lane.feed.outcomes[3]?.status == 200)
        await lane.end()
    }

    @Test func `retired connections are replaced and the session is resumed`() async throws {
        let lane = try TestLane()
        await lane.send(["/ok"], untilFinished: 1)

        lane.engine.retireConnections(of: lane.lane)
        await lane.send(["/ok"], untilFinished: 2)

        #expect(lane.feed.outcomes[2] == .answered(200, body: "", connection: "2", peak: 1))
        let resumed = lane.feed.events.compactMap { event -> Bool? in
            guard case .opened(_, _, let resumed) = event else { return nil }
            return resumed
        }
        #expect(resumed == [false, true])
        await lane.end()
    }

    @Test func `a malformed request never leaves`() async throws {
        let lane = try TestLane()

        await lane.send(["/o\nk", "", "/ok"], untilFinished: 3)

        #expect(lane.feed.outcomes[1] == .notProcessed(.malformed))
        #expect(lane.feed.outcomes[2] == .notProcessed(.malformed))
        #expect(lane.feed.outcomes[3]?.status == 200)
        await lane.end()
    }

    @Test func `a second connection opens when the first stays full`() async throws {
        var rules = PoolRules.forTests
        rules.connectionsMax = 2
        rules.growAfter = .milliseconds(1)
        let lane = try TestLane(["--streams", "2"], rules: rules)

        // Two fill the first connection for good; the third can only come over another.
        await lane.send(["/hold", "/hold", "/ok"], untilFinished: 1)

        #expect(lane.feed.outcomes[3] == .answered(200, body: "", connection: "2", peak: 1))
        let snapshot = try #require(lane.engine.snapshot(of: lane.lane))
        #expect(snapshot.connectionsReady == 2)
        #expect(snapshot.requestsSent == 3)
        await lane.engine.shutDown(within: .zero)
        #expect(lane.feed.outcomes[1] == .ambiguous(.shutdown))
        await lane.end()
    }

    @Test func `the feed can send a connection away after an answer`() async throws {
        let lane = try TestLane(feed: TestFeed(after: .retireConnection))

        await lane.send(["/ok"], untilFinished: 1)
        await lane.send(["/ok"], untilFinished: 2)

        #expect(lane.feed.outcomes[2] == .answered(200, body: "", connection: "2", peak: 1))
        await lane.end()
    }

    @Test func `a removed lane finishes what is in flight and asks for nothing more`() async throws {
        let lane = try TestLane(deadline: .seconds(1))
        await lane.send(["/ok"], untilFinished: 1)

        lane.engine.remove(lane.lane)
        lane.send(["/ok"])
        await lane.feed.wait { $0.events.contains { if case .closed = $0 { true } else { false } } }

        #expect(lane.feed.outcomes.count == 1)
        await lane.end()
    }
}
