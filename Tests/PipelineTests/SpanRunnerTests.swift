import Domain
import Logging
import SQLite
import Store
import Synchronization
import Telemetry
import Testing

@testable import Pipeline

/// Spans of events on their way to a collector that may be down.
@Suite(.timeLimit(.minutes(1)))
struct SpanRunnerTests {
    private let folder: TemporaryFolder
    private let counts = MetricRegistry(prefix: "carillon_").counter(
        "trace_spans_total",
        help: "S.",
        labels: ["outcome"]
    )

    init() throws { folder = try TemporaryFolder() }

    /// What a collector was sent, and what it answers next.
    private final class Collector: Sendable {
        private let state = Mutex((answers: [Int?](), bodies: [JSONValue]()))

        init(_ answers: [Int?]) { state.withLock { $0.answers = answers } }

        var bodies: [JSONValue] { state.withLock { $0.bodies } }

        /// The last answer is that of all that follow.
        func take(_ body: [UInt8]) -> Int? {
            state.withLock { state in
                do { state.bodies.append(try JSONParser.parse(body)) } catch { Issue.record("\(error)") }
                return state.answers.count > 1 ? state.answers.removeFirst() : state.answers[0]
            }
        }

        var spans: [JSONValue] {
            bodies.flatMap { $0["resourceSpans"]?.array?.first?["scopeSpans"]?.array?.first?["spans"]?.array ?? [] }
        }
    }

    private func withRunner(
        _ answers: [Int?],
        _ body: (Workshop, EventSpans, SpanRunner, Collector) async throws -> Void
    ) async throws {
        try await withWorkshop(folder) { workshop in
            let (spans, collector) = (EventSpans(counts), Collector(answers))
            let runner = SpanRunner(
                spans: spans,
                reader: try Reading { [path = folder.path] in try FlakyStores(folder: path).queueReader() },
                post: { collector.take($0) },
                version: "1",
                time: workshop.clock.source,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            )
            try await body(workshop, spans, runner, collector)
        }
    }

    private func event(_ workshop: Workshop, _ spans: EventSpans, _ user: String) async throws -> EventID {
        try await workshop.register(user)
        let now = workshop.clock.now
        let id = try await workshop.accept([user])
        let span = EventSpan(
            id,
            publisher: "ent",
            kind: "BLOG.POST",
            under: nil,
            begunAt: now,
            acceptedAt: workshop.clock.now
        )
        spans.begin(try #require(span))
        return id
    }

    @Test func `a span goes out when its event has ended, not before`() async throws {
        try await withRunner([200]) { workshop, spans, runner, collector in
            var health = SpanRunner.Health()
            let id = try await event(workshop, spans, "u-1")
            workshop.clock.advance(.seconds(1))
            await runner.round(&health)
            #expect(collector.bodies.isEmpty)
            try await workshop.expander.work()
            try await workshop.deliver()
            workshop.clock.advance(.seconds(2))
            await runner.round(&health)
            #expect(collector.spans.count == 1)
            let attributes = try #require(collector.spans.first?["attributes"]?.array)
            #expect(attributes.contains(["key": "carillon.event", "value": ["stringValue": .string(id.description)]]))
            #expect(attributes.contains(["key": "carillon.state", "value": ["stringValue": "done"]]))
            #expect(counts.with("sent").value == 1 && counts.with("dropped").value == 0)
        }
    }

    @Test(arguments: [nil, 503, 429, 408] as [Int?])
    func `a collector that does not answer is left alone for a while, and gets what waited`(status: Int?) async throws {
        try await withRunner([status, 200]) { workshop, spans, runner, collector in
            var health = SpanRunner.Health()
            _ = try await event(workshop, spans, "u-1")
            try await workshop.expander.work()
            try await workshop.deliver()
            workshop.clock.advance(.seconds(1))
            await runner.round(&health)
            #expect(collector.bodies.count == 1 && health.failures == 1)
            var rounds = 0
            while collector.bodies.count == 1, rounds < 99 {
                await runner.round(&health)
                rounds += 1
            }
            #expect(rounds == 3 && health.failures == 0)
            #expect(collector.bodies[0] == collector.bodies[1])
            #expect(counts.with("sent").value == 1 && counts.with("dropped").value == 0)
        }
    }

    @Test func `what a collector refuses is gone, and counted`() async throws {
        try await withRunner([400]) { workshop, spans, runner, collector in
            var health = SpanRunner.Health()
            _ = try await event(workshop, spans, "u-1")
            try await workshop.expander.work()
            try await workshop.deliver()
            workshop.clock.advance(.seconds(1))
            for _ in 0..<5 { await runner.round(&health) }
            #expect(collector.bodies.count == 1 && counts.with("dropped").value == 1)
        }
    }

    @Test func `an event that cannot be read ends its own span, not its neighbours'`() async throws {
        try await withRunner([200]) { workshop, spans, runner, collector in
            var health = SpanRunner.Health()
            let damaged = try await event(workshop, spans, "u-1")
            _ = try await event(workshop, spans, "u-2")
            try await workshop.expander.work()
            try await workshop.deliver()
            try workshop.damage("queue.db") { connection in
                try connection.run("UPDATE event SET state = 77 WHERE id = ?", damaged.rawValue)
            }
            workshop.clock.advance(.seconds(1))
            await runner.round(&health)
            let states = collector.spans.map { span in
                span["attributes"]?.array?.first { $0["key"]?.string == "carillon.state" }?["value"]?[
                    "stringValue"
                ]?.string
            }
            #expect(states.count == 2 && Set(states) == ["done", "unreadable"])
        }
    }
}
