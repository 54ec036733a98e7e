package import Domain
import Synchronization

/// ``SpanTable`` for those who mark it from their threads, and for whoever sends it. Nobody waits for anything but another's mark.
package final class EventSpans: Sendable {
    private let table = Mutex((spans: SpanTable(), counted: UInt64(0)))
    private let sentCount: Counter
    private let droppedCount: Counter

    /// `spans`: with the label `outcome`.
    package init(_ spans: Family<Counter>) {
        sentCount = spans.with("sent")
        droppedCount = spans.with("dropped")
    }

    /// Its event is on the disk.
    package func begin(_ span: EventSpan) { change { $0.begin(span) } }

    package func expanded(_ event: EventID, at: Instant) { change { $0.expanded(event, at: at) } }

    /// Answers of a lane's turn.
    package func answered(_ runs: [AnswerRun]) {
        change { table in
            for run in runs { table.answered(run.event, from: run.first, to: run.last) }
        }
    }

    package func due(now: Instant) -> [EventID] { change { $0.due(now: now) } }

    package func found(_ event: EventID, state: String?, isDone: Bool, now: Instant) {
        change { $0.found(event, state: state, isDone: isDone, now: now) }
    }

    package func take(max: Int) -> [EventSpan] { change { $0.take(max: max) } }

    package func sent(_ spans: [EventSpan]) { sentCount.add(UInt64(spans.count)) }

    package func putBack(_ spans: [EventSpan]) { change { $0.putBack(spans) } }

    package func drop(_ spans: [EventSpan]) { change { $0.drop(spans) } }

    private func change<T: Sendable>(_ body: (inout SpanTable) -> T) -> T {
        let (result, dropped) = table.withLock { table in
            let result = body(&table.spans)
            defer { table.counted = table.spans.dropped }
            return (result, table.spans.dropped - table.counted)
        }
        if dropped > 0 { droppedCount.add(dropped) }
        return result
    }
}
