import Domain
import HTTPTypes
import Logging
import NATS
import Pipeline
import ServiceLifecycle
import Store
import Synchronization
import Telemetry
import Testing

@testable import API

/// The api on real stores, with a broker that gives what it is told to.
@Suite(.timeLimit(.minutes(1)))
struct BrokerConsumerTests {
    private func message(
        _ body: [UInt8],
        _ sequence: UInt64? = nil,
        at time: Instant? = nil,
        headers: [String: String] = [:]
    ) -> NATSMessage {
        let kept = sequence.map {
            NATSMessage.Kept(sequence: $0, storedAt: time?.milliseconds ?? 0, deliveries: 1, replyTo: "ack")
        }
        return NATSMessage(body: body, headers: headers, kept: kept)
    }

    /// Takes all that the source has; the series of the api's metrics.
    private func run(
        _ gateway: Gateway,
        _ source: FakeSource,
        isKept: Bool = true,
        publisher: String = "one"
    ) async throws -> [String] {
        let status = BrokerStatus(gateway.services.metrics, publisher: publisher, time: gateway.services.time)
        let attempts = Mutex(0)
        let api = BrokerConsumer(
            services: gateway.services,
            publisher: publisher,
            isKept: isKept,
            status: status,
            connect: { () async throws(NATSError) in
                let attempt = attempts.withLock { attempts in
                    attempts += 1
                    return attempts
                }
                guard attempt == 1 else { throw NATSError(reason: "that was all") }
                return source
            },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        let running = Task { try await api.run() }
        while status.alarm == nil { await Task.yield() }
        running.cancel()
        try await running.value
        #expect(status.alarm?.hasSuffix("that was all") == true)
        return gateway.services.metrics.render().split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix("carillon_nats_") }
    }

    private func series(_ end: String, _ count: Int, code: String = "", publisher: String = "one") -> String {
        "carillon_nats_messages_total{publisher=\"\(publisher)\",end=\"\(end)\",code=\"\(code)\"} \(count)"
    }

    @Test func `poison is ended and its neighbours are taken`() async throws {
        try await Gateway.run { gateway, api async throws in
            try await gateway.importSample()
            let now = gateway.services.time.now()
            let good = try bytes("broker-blog-publish-post.json")
            let source = FakeSource([
                [
                    message(good, 1, at: now), message([UInt8]("{".utf8), 2, at: now),
                    message([UInt8](#"{"some": "thing"}"#.utf8), 3, at: now),
                    message(try bytes("invalid-array-as-single.json"), 4, at: now),
                    message(Array(repeating: 0x20, count: Limits().eventBytesMax + 1), 5, at: now),
                    message([], 6, at: now), message(try bytes("invalid-utf8.bin"), 7, at: now),
                    message(try bytes("broker-news-published.json"), 8, at: now),
                ],
                [message(good, 9, at: now)],
            ])

            let metrics = try await run(gateway, source)

            #expect(
                source.answers == [
                    1: [.taken], 2: [.ended], 3: [.ended], 4: [.ended], 5: [.ended], 6: [.ended], 7: [.ended],
                    8: [.taken], 9: [.taken],
                ]
            )
            for line in [
                series("accepted", 2), series("duplicate", 1), series("refused", 2, code: "unknownDialect"),
                series("refused", 1, code: "tooLarge"), series("refused", 2, code: "notJSON"),
                series("refused", 1, code: "notUTF8"),
                "carillon_nats_connected{publisher=\"one\"} 0",
            ] { #expect(metrics.contains(line), "\(line) in \(metrics)") }
            // The same bytes over the other api.
            #expect(try await api.publish(good, type: "application/json").status == 200)
        }
    }

    @Test func `what a stream sends again hours later is the same event`() async throws {
        try await Gateway.run { gateway, api async throws in
            try await gateway.importSample()
            let body = try bytes("broker-blog-publish-post.json")
            let now = gateway.services.time.now()
            _ = try await run(gateway, FakeSource([[message(body, 1, at: now)]]))
            gateway.time.advance(.seconds(7200))
            let again = FakeSource([[message(body, 1, at: now)]])
            #expect(try await run(gateway, again).contains(series("duplicate", 1)))
            #expect(again.answers == [1: [.taken]])
            // Posted now it is a new event, as over HTTP.
            let new = FakeSource([[message(body, 2, at: gateway.services.time.now())]])
            #expect(try await run(gateway, new).contains(series("accepted", 2)))
        }
    }

    @Test func `what waited in the stream for longer than it lives is taken and rings nobody`() async throws {
        try await Gateway.run { gateway, api async throws in
            try await gateway.importSample()
            let now = gateway.services.time.now()
            let source = FakeSource([
                [message(try bytes("broker-blog-publish-post.json"), 1, at: now - .seconds(400 * 86_400))],
                [message(try bytes("broker-news-published.json"), 2, at: now)],
            ])
            #expect(try await run(gateway, source).contains(series("accepted", 2)))
            let listed = try await api.send(.get, "/v1/events", ["Authorization": "Bearer " + Gateway.publisherKey])
            let ends = try listed.json["items"]?.array?.compactMap {
                $0["expiresAt"]?.string.flatMap { Instant(rfc3339: $0) }
            }
            #expect(ends?.count { $0 < now } == 1 && ends?.count == 2)
        }
    }

    @Test func `a stream's identity of a message and an idempotency key are one`() async throws {
        try await Gateway.run { gateway, api async throws in
            try await gateway.importSample()
            let body = try bytes("broker-blog-publish-post.json")
            let answer = try await api.publish(body, type: "application/json", ["Idempotency-Key": "\"post 7\""])
            #expect(answer.status == 202)
            gateway.time.advance(.seconds(3600))
            let now = gateway.services.time.now()
            let source = FakeSource([
                [message(body, 1, at: now, headers: ["nats-msg-id": "post 7"])],
                [message(try bytes("broker-news-published.json"), 2, at: now, headers: ["nats-msg-id": "post 7"])],
            ])
            let metrics = try await run(gateway, source)
            #expect(metrics.contains(series("duplicate", 1)))
            #expect(metrics.contains(series("refused", 1, code: "identityConflict")))
            #expect(source.answers == [1: [.taken], 2: [.ended]])
        }
    }

    @Test func `an event in headers is read as over HTTP`() async throws {
        try await Gateway.run { gateway, _ async throws in
            try await gateway.importSample()
            guard case .object(var event) = try JSONParser.parse(try bytes("cloudevent-01-class.json")),
                let data = event["data"]
            else { throw Gateway.UnexpectedReport(state: .failed) }
            event["data"] = nil
            var headers = ["content-type": "application/json"]
            for member in event where member.name != "datacontenttype" {
                headers["ce-" + member.name] = member.value.string
            }
            let source = FakeSource([
                [message(JSONWriter.bytes(data), 1, at: gateway.services.time.now(), headers: headers)]
            ])
            #expect(try await run(gateway, source).contains(series("accepted", 1)))
        }
    }

    @Test func `while the disk is full a stream keeps them, and without one they are counted as lost`() async throws {
        try await Gateway.run(change: { services in
            services.intake = Intake(
                queue: services.queue,
                registry: services.registryReader,
                time: services.time,
                metrics: PipelineMetrics(services.metrics),
                hasRoom: { false },
                onAccepted: {}
            )
        }) { gateway, _ async throws in
            try await gateway.importSample()
            let body = try bytes("broker-blog-publish-post.json")
            let source = FakeSource([[message(body, 1, at: gateway.services.time.now())]])
            #expect(try await run(gateway, source).contains(series("deferred", 1, code: "storeUnavailable")))
            #expect(source.answers == [1: [.again(after: .seconds(5))]])
            let fleeting = FakeSource([[message(body)]], dropped: [3, 5])
            let metrics = try await run(gateway, fleeting, isKept: false)
            #expect(metrics.contains(series("lost", 1, code: "storeUnavailable")))
            #expect(metrics.contains("carillon_nats_dropped_total{publisher=\"one\"} 3"))
            #expect(fleeting.answers.isEmpty)
        }
    }

    @Test func `the rights are those of the publisher that the subject speaks for`() async throws {
        try await Gateway.run { gateway, _ async throws in
            try await gateway.importSample()
            let event = try bytes("cloudevent-01-class.json")
            let now = gateway.services.time.now()
            let limited = FakeSource([[message(event, 1, at: now)]])
            let metrics = try await run(gateway, limited, publisher: "limited")
            #expect(metrics.contains(series("refused", 1, code: "forbiddenSchool", publisher: "limited")))
            let nobody = FakeSource([[message(event, 1, at: now)]])
            _ = try await run(gateway, nobody, publisher: "gone")
            #expect(nobody.answers == [1: [.again(after: .seconds(60))]])
        }
    }

    @Test func `more than the publisher's allowance comes again`() async throws {
        try await Gateway.run(change: { services in
            services.limits.postsPerMinute = 60
            services.limits.postsBurst = 2
        }) { gateway, _ async throws in
            try await gateway.importSample()
            let now = gateway.services.time.now()
            let body = try bytes("broker-minimal.json")
            let source = FakeSource([
                (1...3).map { (number: UInt64) in message(body, number, at: now, headers: ["nats-msg-id": "m\(number)"])
                }
            ])
            let metrics = try await run(gateway, source)
            #expect(metrics.contains(series("accepted", 2)))
            #expect(metrics.contains(series("deferred", 1, code: "rateLimited")))
            #expect(source.answers.values.count { $0 == [.again(after: .seconds(1))] } == 1)
        }
    }
}
