import Domain

/// Spans as OTLP takes them over HTTP: `ExportTraceServiceRequest` in JSON [OTLP 1.x; ids in hex, times in nanoseconds as text].
package enum SpanExport {
    /// `SPAN_KIND_CONSUMER`: the sender's part is over when ours goes on.
    private static let consumer: Int64 = 5

    package static func body(_ spans: [EventSpan], version: String) -> [UInt8] {
        let scope: JSONValue = ["scope": ["name": "carillon"], "spans": .array(spans.map(value))]
        let resource: JSONValue = [
            "attributes": attributes([("service.name", "carillon"), ("service.version", version)])
        ]
        return JSONWriter.bytes(["resourceSpans": [["resource": resource, "scopeSpans": [scope]]]])
    }

    private static func value(_ span: EventSpan) -> JSONValue {
        let times = [
            ("accepted", span.acceptedAt), ("expanded", span.expandedAt), ("first answer", span.firstAnswerAt),
            ("last answer", span.lastAnswerAt),
        ]
        let events = times.compactMap { name, at -> JSONValue? in
            at.map { ["name": .string(name), "timeUnixNano": time($0)] }
        }
        var object = JSONObject([
            "traceId": .string(span.trace), "spanId": .string(span.id), "name": "event", "kind": .number(consumer),
            "startTimeUnixNano": time(span.begunAt), "endTimeUnixNano": time(span.endedAt),
            "attributes": attributes([
                ("carillon.event", span.event.description), ("carillon.publisher", span.publisher),
                ("carillon.kind", span.kind), ("carillon.state", span.state),
            ]),
            "events": .array(events),
        ])
        if let parent = span.parent { object["parentSpanId"] = .string(parent) }
        return .object(object)
    }

    private static func attributes(_ pairs: [(String, String)]) -> JSONValue {
        .array(pairs.map { ["key": .string($0.0), "value": ["stringValue": .string($0.1)]] })
    }

    private static func time(_ instant: Instant) -> JSONValue { .string("\(instant.milliseconds)000000") }
}
