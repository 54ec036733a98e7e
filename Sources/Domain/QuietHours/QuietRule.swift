/// When one policy lets ring: pauses by the clock on the wall of a zone, and whole days.
///
/// Quiet is what the local minute says, so a clock change is nothing special: a pause that ends inside the hour that spring leaves out ends
/// behind it, and one that ends inside the hour that autumn repeats ends at its first turn and begins again with the second.
package struct QuietRule: Hashable, Sendable {
    package let week: WeekOfMinutes
    /// Sorted, apart from one another.
    package let days: [HolidayCalendar.Days]
    package let zone: ZoneTable

    package init(week: WeekOfMinutes, days: [HolidayCalendar.Days] = [], zone: ZoneTable) {
        self.week = week
        self.days = days
        self.zone = zone
    }

    package func isQuiet(at instant: Instant) -> Bool { isQuiet(wall: zone.wallSeconds(at: instant)) }

    /// The first instant, this one or later, whose local minute lies in no pause; nil when there is none before `limit`.
    package func opensAt(_ instant: Instant, limit: Instant) -> Instant? {
        guard isQuiet(at: instant) else { return instant }
        var now = instant.seconds
        while now < limit.seconds {
            let (offset, end) = zone.span(at: now)
            guard let wall = opening(wall: now + offset, before: limit.seconds + offset) else { return nil }
            let opening = wall - offset
            guard let end, opening >= end else { return opening < limit.seconds ? Instant(seconds: opening) : nil }
            // Another offset by then: what the wall says there is looked at anew.
            now = end
            if !isQuiet(wall: now + zone.span(at: now).offset) {
                return now < limit.seconds ? Instant(seconds: now) : nil
            }
        }
        return nil
    }

    private func isQuiet(wall seconds: Int64) -> Bool {
        week.isQuiet(WeekOfMinutes.minute(ofWall: seconds)) || holiday(CalendarDay(wallSeconds: seconds)) != nil
    }

    /// On a wall whose clock never changes.
    private func opening(wall seconds: Int64, before limit: Int64) -> Int64? {
        // A minute begins where the wall says so.
        var wall = seconds
        while wall < limit {
            if let days = holiday(CalendarDay(wallSeconds: wall)) {
                wall = (Int64(days.upperBound.daysSince1970) + 1) * 86_400
                continue
            }
            let minute = WeekOfMinutes.minute(ofWall: wall)
            guard let wait = week.minutesToOpening(from: minute) else { return nil }
            if wait == 0 { return wall }
            let opening = (wall - Self.modulo(wall, 60)) + Int64(wait) * 60
            // A holiday may begin in between.
            let midnight = wall - Self.modulo(wall, 86_400) + 86_400
            wall = min(opening, midnight)
        }
        return nil
    }

    private func holiday(_ day: CalendarDay) -> HolidayCalendar.Days? {
        var (low, high) = (0, days.count)
        while low < high {
            let middle = (low + high) / 2
            if days[middle].upperBound < day { low = middle + 1 } else { high = middle }
        }
        return low < days.count && days[low].contains(day) ? days[low] : nil
    }

    private static func modulo(_ value: Int64, _ by: Int64) -> Int64 {
        let rest = value % by
        return rest < 0 ? rest + by : rest
    }
}

extension Sequence<QuietRule> {
    /// As ``QuietRule/opensAt(_:limit:)``, where each of several rules has to let ring.
    package func opensAt(_ instant: Instant, limit: Instant) -> Instant? {
        var now = instant
        while true {
            let before = now
            for rule in self {
                guard let opening = rule.opensAt(now, limit: limit) else { return nil }
                now = opening
            }
            if now == before { return now }
        }
    }
}
