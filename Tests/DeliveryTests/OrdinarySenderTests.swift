import Domain
import FanOut
import Providers
import Store
import Synchronization
import Telemetry
import Testing
import WebClient

@testable import Delivery

/// A push service without HTTP/2: how many requests are under way, what becomes of them at a stop, and what their answers mean.
@Suite(.timeLimit(.minutes(1)))
struct OrdinarySenderTests {
    private let clock = HandClock()

    /// Posts one byte to its URL, and keeps what it was asked to read.
    private final class PostingWire: Wire {
        let url: String
        private let answers = Mutex<[String]>([])
        private let verdict: Verdict

        init(_ url: String, _ verdict: Verdict) { (self.url, self.verdict) = (url, verdict) }

        var read: [String] { answers.withLock { $0 } }

        func write(
            _ push: Push,
            to request: RequestBuffer,
            on connection: ConnectionInfo,
            now: Instant,
            scratch: inout [UInt8]
        ) throws -> UsedCredential? {
            Issue.record("The engine has no part in this")
            return nil
        }

        func ordinaryRequest(for push: Push, now: Instant) throws -> OrdinaryRequest? {
            OrdinaryRequest(url: url, headers: [("ttl", "60")], body: Array("x".utf8))
        }

        func classify(status: Int, body: [UInt8], retryAfter: String?, now: Instant) -> Classification {
            let body = String(decoding: body, as: UTF8.self)
            answers.withLock { $0.append("\(status) \(body) \(retryAfter ?? "-")") }
            return Classification(verdict, status: status, reason: "\(status)")
        }
    }

    /// A lane with as many deliveries loaded as the store has, and its sender.
    private struct Place {
        let store: RefusingStore
        let recorder: Recorder
        let feed: LaneFeed
        let sender: OrdinarySender
    }

    private func withSender(
        _ wire: PostingWire,
        deliveries: Int,
        isAddressAllowed: (@Sendable ([UInt8]) -> Bool)? = nil,
        _ body: (Place) async throws -> Void
    ) async throws {
        let client = WebClient(options: .init(proxy: ""))
        try await RefusingStore.with(deliveries: deliveries) { store in
            let recorder = Recorder(queue: store.queue, time: clock.source) { _ in }
            let feed = LaneFeed(
                LaneRules(
                    name: "unifiedpush/a",
                    policy: RetryPolicy(attemptsMax: 8),
                    bounds: LaneBounds(windowMax: 100),
                    lowWater: 2,
                    hasOrdinaryClient: true,
                    seed: 1
                ),
                wire: wire,
                host: SharedHost(),
                time: clock.source,
                recorder: recorder,
                metrics: LaneMetrics(DispatchMetrics(MetricRegistry(prefix: "test_")), lane: "unifiedpush/a")
            ) { _ in }
            let readAt = clock.source.monotonic()
            let all = (0..<deliveries).map { LoadedDelivery.sample(store.delivery($0).rawValue, readAt: readAt) }
            feed.mail.add(.of(all, readAt: readAt))
            let sender = OrdinarySender(
                feed: feed,
                client: client,
                isAddressAllowed: isAddressAllowed,
                time: clock.source
            )
            try await body(Place(store: store, recorder: recorder, feed: feed, sender: sender))
        }
        await client.stop()
    }

    @Test func `eight requests are under way at most, and a stop finishes them and begins no other`() async throws {
        let server = try HeldServer("HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        defer { server.stop() }
        let wire = PostingWire("http://127.0.0.1:\(server.port)/up", .accepted)
        try await withSender(wire, deliveries: 20) { place in
            place.sender.wake()
            let sender = place.sender
            async let end: Void = sender.run()
            await server.arrival(of: 8)
            place.sender.stop()
            server.permit(20)
            await end
            #expect(server.received.count == 8 && server.received.allSatisfy { $0.contains("\r\nttl: 60\r\n") })
            try await place.recorder.barrier()
            let states = try place.store.states()
            #expect(states.count { $0 == .accepted } == 8 && states.count { $0 == .pending } == 12)
            #expect(place.feed.mail.loaded == 12 && place.feed.mail.condition.inFlight == 0)
        }
    }

    @Test func `an answer that makes room lets the next one go`() async throws {
        let server = try HeldServer(
            "HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            permitted: 20
        )
        defer { server.stop() }
        let wire = PostingWire("http://127.0.0.1:\(server.port)/up", .accepted)
        try await withSender(wire, deliveries: 20) { place in
            place.sender.wake()
            let sender = place.sender
            async let end: Void = sender.run()
            await server.arrival(of: 20)
            place.sender.stop()
            await end
            try await place.recorder.barrier()
            #expect(try place.store.states() == .init(repeating: .accepted, count: 20))
        }
    }

    @Test func `the provider reads status, body and wait of an answer`() async throws {
        let server = try HeldServer(
            "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbusy",
            permitted: 1
        )
        defer { server.stop() }
        let wire = PostingWire("http://127.0.0.1:\(server.port)/up", .deferred(retryAfter: .seconds(7)))
        try await withSender(wire, deliveries: 1) { place in
            place.sender.wake()
            let sender = place.sender
            async let end: Void = sender.run()
            await server.arrival(of: 1)
            place.sender.stop()
            await end
            try await place.recorder.barrier()
            #expect(wire.read == ["429 busy 7"])
            #expect(try place.store.states() == [.deferred])
        }
    }

    @Test func `an address that must not be called is not, and the delivery ends`() async throws {
        let server = try HeldServer("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", permitted: 1)
        defer { server.stop() }
        let wire = PostingWire("http://127.0.0.1:\(server.port)/up", .accepted)
        try await withSender(wire, deliveries: 1, isAddressAllowed: { $0 != [127, 0, 0, 1] }) { place in
            place.sender.wake()
            // What was woken before a stop is begun.
            place.sender.stop()
            await place.sender.run()
            try await place.recorder.barrier()
            #expect(server.received.isEmpty && wire.read.isEmpty)
            #expect(try place.store.states() == [.rejected])
        }
    }

    @Test(
        arguments: [
            (.unreachable(reason: "x"), .laneBusy(retryAfter: nil), "unreachable"),
            (.tls(reason: "x"), .laneBusy(retryAfter: nil), "unreachable"),
            (.overloaded, .laneBusy(retryAfter: nil), "unreachable"),
            (.stopped, .laneBusy(retryAfter: nil), "unreachable"),
            (.forbiddenAddress, .tokenSuspect, "forbiddenAddress"), (.invalidURL, .payloadRefused, "invalidRequest"),
            (.invalidRequest(reason: "x"), .payloadRefused, "invalidRequest"), (.timedOut, .ambiguous, "timeout"),
            (.answerLost(reason: "x"), .ambiguous, "connectionLost"),
            (.tooLarge(limit: 1), .ambiguous, "connectionLost"), (.cancelled, .ambiguous, "connectionLost"),
        ] as [(WebClientError, Verdict, String)]
    )
    func `what was never sent waits, what may have been processed is an attempt`(
        error: WebClientError,
        verdict: Verdict,
        reason: String
    ) {
        #expect(error.lost == Classification(verdict, status: 0, reason: reason))
    }
}
