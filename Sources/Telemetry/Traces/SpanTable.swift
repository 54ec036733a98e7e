package import Domain

/// The spans of events under way, and those that wait for the collector: both bounded, what is beyond is counted and gone.
package struct SpanTable: Sendable {
    /// Events under way.
    package static let openMax = 4096
    /// Spans that wait for the collector.
    package static let waitingMax = 2048
    /// A span ends then at the latest: what waits for the morning, a lane or an operator is told as it stands.
    package static let openFor = Duration.seconds(600)
    /// Between two looks at one event: from the first on twice as long each time.
    private static let firstLook = Duration.seconds(1)
    private static let looksApart = 6

    private struct Open {
        var span: EventSpan
        var looks = 0
        var lookAt: Instant
    }

    private var open: [EventID: Open] = [:]
    private var waiting: [EventSpan] = []
    /// Since the start.
    package private(set) var dropped: UInt64 = 0

    package init() {}

    package var waitingCount: Int { waiting.count }

    package mutating func begin(_ span: EventSpan) {
        guard open.count < Self.openMax else { return dropped += 1 }
        open[span.event] = Open(span: span, lookAt: span.acceptedAt + Self.firstLook)
    }

    package mutating func expanded(_ event: EventID, at: Instant) { open[event]?.span.expanded(at: at) }

    package mutating func answered(_ event: EventID, from first: Instant, to last: Instant) {
        open[event]?.span.answered(from: first, to: last)
    }

    /// Events that may have ended, to be looked up in the store; each is due again later.
    package mutating func due(now: Instant) -> [EventID] {
        let due = open.filter { $0.value.lookAt <= now }.map(\.key)
        for event in due {
            guard let looks = open[event]?.looks else { continue }
            open[event]?.looks = min(looks + 1, Self.looksApart)
            open[event]?.lookAt = now + Self.firstLook * (1 << (looks + 1))
        }
        return due
    }

    /// How an event stands that was looked up; nil: it is not there any more.
    package mutating func found(_ event: EventID, state: String?, isDone: Bool, now: Instant) {
        guard var span = open[event]?.span else { return }
        guard isDone || state == nil || span.acceptedAt + Self.openFor <= now else { return }
        open[event] = nil
        guard waiting.count < Self.waitingMax else { return dropped += 1 }
        span.state = state ?? "pruned"
        waiting.append(span)
    }

    package mutating func take(max: Int) -> [EventSpan] {
        let taken = Array(waiting.prefix(max))
        waiting.removeFirst(taken.count)
        return taken
    }

    /// Nobody took them: they are the next again; the newest of those behind them go where there is no room.
    package mutating func putBack(_ spans: [EventSpan]) {
        waiting = spans + waiting
        let over = max(0, waiting.count - Self.waitingMax)
        waiting.removeLast(over)
        dropped += UInt64(over)
    }

    /// The collector refused them for good.
    package mutating func drop(_ spans: [EventSpan]) { dropped += UInt64(spans.count) }
}
