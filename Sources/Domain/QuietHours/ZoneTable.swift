/// The offsets of one time zone over some years: what local wall time is at an instant, and when that changes.
///
/// A value; the library that knows the zones fills it (target `LocalTime`).
package struct ZoneTable: Hashable, Sendable {
    /// From `from` on (seconds since 1970) local time is ahead of UTC by so many seconds.
    package struct Span: Hashable, Sendable {
        package var from: Int64
        package var offset: Int64

        package init(from: Int64, offset: Int64) {
            self.from = from
            self.offset = offset
        }
    }

    /// IANA name.
    package let name: String
    /// Sorted; the first begins where the table does.
    package let spans: [Span]
    /// Seconds since 1970 behind the last span; what lies outside the table counts as the nearest span.
    package let end: Int64

    package init(name: String, spans: [Span], end: Int64) {
        precondition(!spans.isEmpty, "A zone has an offset")
        self.name = name
        self.spans = spans
        self.end = end
    }

    /// Asks for the offset each six hours and looks between two answers that differ; no zone changes twice within them.
    package init(name: String, from start: Int64, to end: Int64, offset: (_ seconds: Int64) -> Int64) {
        var spans = [Span(from: start, offset: offset(start))]
        var known = start
        while known < end {
            let next = min(known + 6 * 3600, end)
            let there = offset(next)
            if there != spans[spans.count - 1].offset {
                var (before, after) = (known, next)
                while after - before > 1 {
                    let middle = before + (after - before) / 2
                    if offset(middle) == there { after = middle } else { before = middle }
                }
                spans.append(Span(from: after, offset: there))
            }
            known = next
        }
        self.init(name: name, spans: spans, end: end)
    }

    /// Whether the table tells everything from then until `length` later.
    package func covers(_ instant: Instant, for length: Duration) -> Bool {
        (spans[0].from...end).contains(instant.seconds) && (instant + length).seconds <= end
    }

    /// The offset at an instant, and the second at which another begins; nil behind the last.
    func span(at seconds: Int64) -> (offset: Int64, end: Int64?) {
        var (low, high) = (0, spans.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if spans[middle].from <= seconds { low = middle } else { high = middle }
        }
        return (spans[low].offset, low + 1 < spans.count ? spans[low + 1].from : nil)
    }

    /// Local wall time as seconds since 1970-01-01T00:00 on the wall.
    package func wallSeconds(at instant: Instant) -> Int64 { instant.seconds + span(at: instant.seconds).offset }

    package func day(of instant: Instant) -> CalendarDay { CalendarDay(wallSeconds: wallSeconds(at: instant)) }
}

extension CalendarDay {
    /// The day on the wall.
    package init(wallSeconds: Int64) {
        self.init(
            daysSince1970: Int32(clamping: wallSeconds >= 0 ? wallSeconds / 86_400 : (wallSeconds - 86_399) / 86_400)
        )
    }
}
