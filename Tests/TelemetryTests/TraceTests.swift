// swift-format-ignore-file: NeverForceUnwrap

import Domain
import Telemetry
import Testing

/// The span of an event: its sender's trace, its bounds, and how the collector is told.
struct TraceTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let start = Instant(seconds: 1_790_000_000)
    private static let sender = TraceParent("00-\(trace)-00f067aa0ba902b7-01")!

    private func span(_ number: Int64, under sender: TraceParent? = nil) -> EventSpan {
        EventSpan(
            EventID(rawValue: number),
            publisher: "one",
            kind: "BLOG.POST",
            under: sender,
            begunAt: Self.start,
            acceptedAt: Self.start + .milliseconds(3)
        )!
    }

    @Test(arguments: [
        ("00-\(trace)-00f067aa0ba902b7-00", false), ("00-\(trace)-00f067aa0ba902b7-01", true),
        ("00-\(trace)-00f067aa0ba902b7-0f", true), ("cc-\(trace)-00f067aa0ba902b7-a2", false),
    ])
    func `a traceparent has a trace, a parent and a wish`(text: String, isSampled: Bool) throws {
        let parent = try #require(TraceParent(text))
        #expect(parent.trace == Self.trace && parent.parent == "00f067aa0ba902b7" && parent.isSampled == isSampled)
        #expect(parent.text == text)
    }

    @Test func `a span is its sender's child, or the first of a trace of its own`() {
        let child = span(1, under: Self.sender)
        #expect(child.trace == Self.trace && child.parent == "00f067aa0ba902b7" && child.id.utf8.count == 16)
        let unwanted = TraceParent("00-\(Self.trace)-00f067aa0ba902b7-00")
        #expect(
            EventSpan(
                EventID(rawValue: 1),
                publisher: "one",
                kind: "BLOG.POST",
                under: unwanted,
                begunAt: Self.start,
                acceptedAt: Self.start
            ) == nil
        )
        let own = (0..<100).map { _ in span(1) }
        #expect(Set(own.map(\.trace)).count == 100 && Set(own.map(\.id)).count == 100)
        #expect(own.allSatisfy { $0.trace.utf8.count == 32 && $0.parent == nil })
    }

    @Test func `an event is looked up ever more seldom, until it has ended or ten minutes are over`() {
        var table = SpanTable()
        table.begin(span(1))
        var looks: [Int64] = []
        for second in 0..<700 {
            let now = Self.start + .seconds(Int64(second))
            for event in table.due(now: now) {
                looks.append(Int64(second))
                table.found(event, state: "sending", isDone: false, now: now)
            }
        }
        #expect(looks.prefix(6) == [2, 4, 8, 16, 32, 64] && looks.count == 11, "\(looks)")
        let left = table.take(max: 9)
        #expect(left.map(\.state) == ["sending"] && table.take(max: 9).isEmpty)
    }

    @Test func `answers of lanes beside one another make one first and one last`() {
        var table = SpanTable()
        table.begin(span(1))
        let id = EventID(rawValue: 1)
        table.expanded(id, at: Self.start + .milliseconds(10))
        table.answered(id, from: Self.start + .milliseconds(50), to: Self.start + .milliseconds(70))
        table.answered(id, from: Self.start + .milliseconds(40), to: Self.start + .milliseconds(60))
        // Of an event nobody traces, and of one that has gone.
        table.answered(EventID(rawValue: 2), from: Self.start, to: Self.start)
        table.found(id, state: "done", isDone: true, now: Self.start + .seconds(1))
        table.answered(id, from: Self.start, to: Self.start + .seconds(99))
        let spans = table.take(max: 9)
        #expect(spans.map(\.firstAnswerAt) == [Self.start + .milliseconds(40)])
        #expect(spans.map(\.lastAnswerAt) == [Self.start + .milliseconds(70)])
        #expect(spans.map(\.endedAt) == [Self.start + .milliseconds(70)] && spans[0].state == "done")
    }

    @Test func `what has no room is counted, under way as while it waits`() {
        var table = SpanTable()
        for number in 1...Int64(SpanTable.openMax) + 10 { table.begin(span(number)) }
        #expect(table.dropped == 10)
        for number in 1...Int64(SpanTable.openMax) {
            table.found(EventID(rawValue: number), state: nil, isDone: false, now: Self.start)
        }
        #expect(table.waitingCount == SpanTable.waitingMax)
        #expect(table.dropped == 10 + UInt64(SpanTable.openMax - SpanTable.waitingMax))
        let before = table.dropped
        let taken = table.take(max: 100)
        for number in 1...Int64(60) {
            table.begin(span(number))
            table.found(EventID(rawValue: number), state: "done", isDone: true, now: Self.start)
        }
        // They come first again, and the newest make room.
        table.putBack(taken)
        #expect(table.dropped == before + 60 && table.waitingCount == SpanTable.waitingMax)
        #expect(table.take(max: 100) == taken)
    }

    @Test func `marks come from anywhere, and the sums are counted`() {
        let registry = MetricRegistry(prefix: "carillon_")
        let counts = registry.counter("trace_spans_total", help: "Spans.", labels: ["outcome"])
        let spans = EventSpans(counts)
        for (number, sender) in [(1, Self.sender), (2, nil)] as [(Int64, TraceParent?)] {
            spans.begin(span(number, under: sender))
        }
        var run = AnswerRun(EventID(rawValue: 1), at: Self.start)
        run.last = Self.start + .seconds(4)
        spans.answered([run])
        #expect(Set(spans.due(now: Self.start + .seconds(2)).map(\.rawValue)) == [1, 2])
        for number in [1, 2] as [Int64] {
            spans.found(EventID(rawValue: number), state: "done", isDone: true, now: Self.start)
        }
        let taken = spans.take(max: 9)
        #expect(taken.first?.lastAnswerAt == Self.start + .seconds(4))
        spans.sent(taken)
        spans.drop(taken)
        #expect(counts.with("sent").value == 2 && counts.with("dropped").value == 2)
    }

    @Test func `the collector is told in the form of OTLP`() throws {
        var span = span(7, under: Self.sender)
        span.expanded(at: Self.start + .milliseconds(9))
        span.answered(from: Self.start + .milliseconds(20), to: Self.start + .milliseconds(40))
        span.state = "done"
        let value = try JSONParser.parse(SpanExport.body([span, self.span(8)], version: "1.2"))
        let resource = try #require(value["resourceSpans"]?.array?.first)
        #expect(
            resource["resource"]?["attributes"]?.array?[0] == [
                "key": "service.name", "value": ["stringValue": "carillon"],
            ]
        )
        let spans = try #require(resource["scopeSpans"]?.array?.first?["spans"]?.array)
        let told = spans[0]
        #expect(told["traceId"]?.string == Self.trace && told["parentSpanId"] == "00f067aa0ba902b7")
        #expect(told["startTimeUnixNano"] == "1790000000000000000" && told["endTimeUnixNano"] == "1790000000040000000")
        #expect(
            told["events"]?.array?.compactMap { $0["name"]?.string } == [
                "accepted", "expanded", "first answer", "last answer",
            ]
        )
        #expect(told["events"]?.array?[0]["timeUnixNano"] == "1790000000003000000")
        #expect(
            told["attributes"]?.array?.contains(["key": "carillon.kind", "value": ["stringValue": "BLOG.POST"]]) == true
        )
        #expect(spans[1]["parentSpanId"] == nil && spans[1]["events"]?.array?.count == 1)
    }
}
