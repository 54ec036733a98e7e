import Domain
import Store
import Testing

@testable import Operator

/// Status, top and tail: what is live and what is the store's.
@Suite(.timeLimit(.minutes(1)))
struct StatusTests {
    @Test func `rates are differences of counters, by lane, over the time between`() throws {
        func sample(_ one: Int, _ two: Int, at monotonic: Int64) -> MetricsSample {
            MetricsSample(
                text: """
                    # TYPE carillon_deliveries_total counter
                    carillon_deliveries_total{lane="fcm/one",outcome="accepted"} \(one)
                    carillon_deliveries_total{lane="fcm/one",outcome="rejected"} 5
                    carillon_deliveries_total{lane="apns/one",outcome="accepted"} \(two)
                    carillon_events_accepted_total{publisher="one",app="BLOG"} \(two)
                    go_nothing_total 7
                    """,
                monotonic: monotonic
            )
        }
        let rates = try #require(sample(30, 20, at: 3000).rates(since: sample(10, 20, at: 1000)))
        #expect(rates["deliveriesPerSecond"]?.double == 10 && rates["eventsPerSecond"]?.double == 0)
        #expect(rates["lanes"]?["fcm/one"]?.double == 10 && rates["lanes"]?["apns/one"]?.double == 0)
        #expect(sample(1, 1, at: 3000).rates(since: sample(10, 20, at: 1000)) == nil, "a restart has no rate")
        #expect(sample(30, 20, at: 1050).rates(since: sample(10, 20, at: 1000)) == nil)
    }

    @Test func `status says what is live, and what to look at`() async throws {
        let fixture = try OperatorFixture()
        try await fixture.fillStore()
        let status =
            #"{"pid":812,"version":"1","uptimeSeconds":300,"epoch":4,"notReady":["the disk is full"],"broker":"NATS is not connected","lanes":[\#(LiveServiceTests.lane)]}"#
        let service = try FakeService(
            path: fixture.folder + "/admin.sock",
            answers: ["GET /admin/status": (200, status)]
        )
        defer { service.stop() }

        let json = try await fixture.run("queue", "status", "-o", "json").json
        #expect(json["source"] == "live" && json["service"]?["pid"]?.int64 == 812 && json["pending"]?.int64 == 140)
        #expect(json["rates"]?.isNull == true, "nobody listens for the metrics")
        let attention = json["attention"]?.array?.compactMap(\.string) ?? []
        #expect(attention.contains { $0.hasPrefix("not ready: the disk is full") })
        #expect(attention.contains("NATS is not connected; try: carillon doctor"))
        #expect(attention.contains { $0.contains("carillon lane resume fcm/onepocket") })

        let screen = await fixture.run("queue", "status").output
        #expect(screen.contains("service   answers, pid 812, version 1, epoch 4, up 5 min"))
        #expect(screen.contains("waiting   pending 140   deferred 0   dead 0   oldest 3 s"))
    }

    @Test func `one frame of top is status and ages`() async throws {
        let fixture = try OperatorFixture()
        try await fixture.fillStore()
        let ran = await fixture.run("queue", "top", "--once", "--by", "reason")
        #expect(ran.code == 0 && ran.output.contains("fcm/onepocket  active"))
        #expect(ran.output.contains("503 UNAVAILABLE  1   1    0"))
        #expect(await fixture.run("queue", "top").code == 2, "nobody sits before it")
    }

    @Test func `tail shows what comes after it began`() async throws {
        let fixture = try OperatorFixture()
        try await fixture.fillStore()
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let folder = fixture.folder
        let arguments = ["queue", "tail", "--count", "1", "--state", "accepted", "-o", "csv"]
        async let tail = OperatorFixture.run(arguments, in: folder) { begin.yield() }
        var iterator = begun.makeAsyncIterator()
        await iterator.next()
        // Its header is written: from now on it sees everything.
        try await fixture.queue { queue in
            let retried = Outcome(
                page: PageID(rawValue: 1),
                slot: 1,
                result: .accepted(attempts: 2, latencyMilliseconds: 40),
                attempts: 2,
                isRetry: true
            )
            try await queue.record([retried], now: OperatorFixture.now)
        }
        let ran = await tail
        #expect(ran.code == 0 && ran.output.split(separator: "\n").count == 2)
        #expect(ran.output.contains(",accepted,"))
    }
}
