import Delivery
import Domain
import FanOut
import Glibc
import Logging
import Providers
import Store
import Synchronization
import Telemetry
import TestSupport
import Testing
import WebClient

@testable import Delivery
@testable import Pipeline

/// Lanes of push services that addresses name, with the real stores: whoever invents hosts takes nothing from those that exist.
@Suite(.timeLimit(.minutes(1)))
struct ServiceLaneTests {
    private let folder: TemporaryFolder
    private let registry = MetricRegistry(prefix: "carillon_")
    private let lines = Lines()

    init() throws { folder = try TemporaryFolder() }

    private final class Lines: Sendable {
        private let kept = Mutex<[String]>([])
        var all: [String] { kept.withLock { $0 } }
        func add(_ line: [UInt8]) { kept.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
    }

    private func service(_ host: String) -> LaneKey { LaneKey(provider: .webpush, environment: nil, app: host) }

    /// A dispatcher of its own on the workshop's stores, with an engine that runs. Its hosts take connections and never say a word, so no lane
    /// ever connects or fails.
    private func withDispatcher(_ workshop: Workshop, _ body: (Dispatcher) async throws -> Void) async throws {
        let engine = FanOutEngine(seed: 1)
        try engine.start()
        let silence = try SilentListener()
        let logger = Logger(label: "test") { [lines] label in
            LineLogHandler(label: label, format: .text, level: .info, now: { 0 }, sink: { lines.add($0) })
        }
        let dispatcher = try Dispatcher(
            queue: workshop.queue,
            registry: workshop.registry,
            engine: engine,
            stores: SQLiteStores(folder: workshop.folder),
            services: ServiceLanes(of: [.webpush], client: WebClient()) { key in
                var configuration = LaneConfiguration(host: key.app, port: silence.port)
                configuration.addresses = ["127.0.0.1"]
                return LaneDefinition(
                    LaneIdentity(name: key.serviceName, key: key),
                    provider: QuietLane(isServiceNamedByAddress: true),
                    engine: configuration,
                    bounds: LaneBounds(windowMax: 10)
                )
            },
            limits: Limits(),
            time: workshop.clock.source,
            metrics: DispatchMetrics(registry),
            logger: logger
        )
        try await dispatcher.openKnownServices()
        try await dispatcher.restore()
        do { try await body(dispatcher) } catch {
            await engine.shutDown(within: .zero)
            throw error
        }
        await engine.shutDown(within: .zero)
    }

    /// A port of loopback whose connections are taken by the kernel and answered by nobody.
    private final class SilentListener: Sendable {
        let port: UInt16
        private let descriptor: Int32

        init() throws {
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isListening = withUnsafeMutablePointer(to: &address) { [descriptor] address in
                address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, length) == 0 && listen(descriptor, 1024) == 0
                        && getsockname(descriptor, $0, &length) == 0
                }
            }
            try #require(isListening)
            port = UInt16(bigEndian: address.sin_port)
        }

        deinit { close(descriptor) }
    }

    private func expander(_ workshop: Workshop, _ dispatcher: Dispatcher) throws -> Expander {
        try Expander(
            queue: workshop.queue,
            dispatcher: dispatcher,
            stores: SQLiteStores(folder: workshop.folder),
            lanes: dispatcher.table,
            activeByDefault: true,
            deviceAgeMax: .seconds(400 * 86_400),
            publisherSchools: { _ in nil },
            limits: Limits(),
            time: workshop.clock.source,
            logger: Workshop.logger
        )
    }

    private func subscribe(_ workshop: Workshop, _ user: String, at host: String) async throws {
        let subscription = Subscription(
            endpoint: "https://\(host)/\(user)",
            p256dh: [UInt8](repeating: 4, count: 65),
            auth: [UInt8](repeating: 1, count: 16)
        )
        try await workshop.register(user, target: .webpush(subscription))
    }

    private func invent(_ dispatcher: Dispatcher) async throws {
        for number in 0..<ServiceLanes.lanesMax {
            _ = try await dispatcher.openLane(of: service("invented\(number).example.org"))
        }
    }

    @Test func `hosts that are invented give way to one that is new, and what waits for them stays`() async throws {
        try await withWorkshop(folder) { workshop in
            try await withDispatcher(workshop) { dispatcher in
                for number in 0..<ServiceLanes.lanesMax {
                    try await subscribe(workshop, "bad-\(number)", at: "invented\(number).example.org")
                }
                let expander = try expander(workshop, dispatcher)
                let bad = try await workshop.accept(
                    (0..<ServiceLanes.lanesMax).map { "bad-\($0)" },
                    lifetime: .seconds(86_400)
                )
                try await expander.work()
                #expect(await dispatcher.lanes.count == ServiceLanes.lanesMax)

                try await subscribe(workshop, "honest", at: "push.example.org")
                let early = try await workshop.accept(["honest"])
                try await expander.work()
                #expect(try workshop.results(of: early) == [SlotResult(.withheld, reason: .noDevice)])
                #expect(registry.render().contains("carillon_lanes_refused_total{provider=\"webpush\"} 1\n"))
                let said = lines.all.filter { $0.contains("gets no lane") }
                #expect(said.count == 1 && said[0].contains("webpush/push.example.org") && said[0].contains("most=64"))

                workshop.clock.advance(.milliseconds(ServiceSlots.trialMilliseconds))
                let event = try await workshop.accept(["honest"])
                try await expander.work()
                #expect(try workshop.results(of: event) == [.pending])
                #expect(await dispatcher.lanes.count == ServiceLanes.lanesMax)
                #expect(try workshop.results(of: bad) == .init(repeating: .pending, count: ServiceLanes.lanesMax))
                #expect(try await dispatcher.openLane(of: service("push.example.org")) != nil)
            }
        }
    }

    @Test func `an order about a lane is in the log under the lane's name`() async throws {
        try await withWorkshop(folder) { workshop in
            let name = service("push.example.org").serviceName
            _ = try await workshop.registry.freeze(lane: name, since: workshop.clock.now, now: workshop.clock.now)
            try await withDispatcher(workshop) { dispatcher in
                let lane = try #require(await dispatcher.openLane(of: service("push.example.org")))
                #expect(try await dispatcher.probe(lane, actor: "lea", why: ""))
                #expect(try await dispatcher.thaw(lane, applying: false, actor: "lea", why: "a wrong topic") != nil)
                try await dispatcher.pause(lane, actor: "lea", why: "maintenance")
                let log = try workshop.reader.operations(before: nil, limit: 9)
                #expect(log.map(\.verb) == ["lane.paused", "lane.removalsDiscarded", "lane.probe"])
                #expect(log.allSatisfy { $0.filter == "lane=webpush/push.example.org" }, "\(log.map(\.filter))")
            }
        }
    }

    @Test func `a refusal is counted each time and said once a minute`() async throws {
        try await withWorkshop(folder) { workshop in
            try await withDispatcher(workshop) { dispatcher in
                try await invent(dispatcher)
                for _ in 0..<3 { #expect(try await dispatcher.openLane(of: service("a.example.org")) == nil) }
                #expect(registry.render().contains("carillon_lanes_refused_total{provider=\"webpush\"} 3\n"))
                #expect(lines.all.count { $0.contains("gets no lane") } == 1)
            }
        }
    }

    @Test func `a lane that no device needs is closed, and its page comes back when it is opened again`() async throws {
        try await withWorkshop(folder) { workshop in
            try await withDispatcher(workshop) { dispatcher in
                let expander = try expander(workshop, dispatcher)
                try await subscribe(workshop, "u-1", at: "push.example.org")
                let lane = try #require(await dispatcher.openLane(of: service("push.example.org")))
                await dispatcher.tendServices()
                #expect(await dispatcher.lanes[lane] != nil)
                #expect(dispatcher.table.value.lane(ofService: service("push.example.org")) == .lane(lane))

                workshop.clock.advance(.seconds(120))
                let account = Account(userID: "u-1", externalKey: nil)
                try await workshop.registry.remove(installation: "i-u-1", of: account)
                await dispatcher.tendServices()
                #expect(await dispatcher.lanes.isEmpty)
                #expect(dispatcher.table.value.lane(ofService: service("push.example.org")) == .unknown)

                // Cut for the lane while it was there, committed after it was closed.
                let event = try await workshop.accept(["nobody"])
                try await subscribe(workshop, "u-1", at: "push.example.org")
                let late = Scheduler.Entry(page: PageID(rawValue: 99), event: event, lane: lane, tag: 0, count: 1)
                await dispatcher.add([late])
                await dispatcher.tendServices()
                #expect(await dispatcher.lanes[lane] != nil)
                let next = try await workshop.accept(["u-1"])
                try await expander.work()
                #expect(try workshop.results(of: next) == [.pending])
            }
        }
    }

    @Test func `a start opens what is needed, not all that was ever known`() async throws {
        try await withWorkshop(folder) { workshop in
            for host in ["gone.example.org", "push.example.org"] {
                _ = try await workshop.queue.lane(named: "webpush/" + host, provider: .webpush, now: workshop.clock.now)
            }
            try await subscribe(workshop, "u-1", at: "push.example.org")
            try await withDispatcher(workshop) { dispatcher in
                #expect(await dispatcher.lanes.values.map(\.definition.name) == ["webpush/push.example.org"])
            }
        }
    }
}
