package import Domain

/// The calendar day at a school: its time zone follows from the UAI, whose first three digits are the department.
///
/// Rules instead of a time zone database: FoundationEssentials has none, and these zones are few and fixed. Metropolitan France
/// follows Directive 2000/84/EC (last Sundays of March and October at 01:00 UTC); the overseas zones have no summer time but
/// Saint-Pierre-et-Miquelon.
package enum SchoolTime {
    package static func day(of instant: Instant, uai: String?) -> CalendarDay {
        let local = instant.seconds + offsetSeconds(at: instant, uai: uai)
        return CalendarDay(daysSince1970: Int32(local >= 0 ? local / 86_400 : (local - 86_399) / 86_400))
    }

    static func offsetSeconds(at instant: Instant, uai: String?) -> Int64 {
        switch uai?.prefix(3) {
        case "971", "972", "977", "978": -4 * 3600
        case "973": -3 * 3600
        case "974": 4 * 3600
        // No summer time known here: an hour's error moves a day only around midnight.
        case "975": -3 * 3600
        case "976": 3 * 3600
        case "983", "988": 11 * 3600
        case "984", "987": -10 * 3600
        case "986": 12 * 3600
        default: isSummer(instant) ? 7200 : 3600
        }
    }

    private static func isSummer(_ instant: Instant) -> Bool {
        let year = year(of: instant)
        return instant.seconds >= lastSunday(year, month: 3) && instant.seconds < lastSunday(year, month: 10)
    }

    /// 01:00 UTC of the month's last Sunday; both months have 31 days.
    private static func lastSunday(_ year: Int, month: Int) -> Int64 {
        guard let last = CalendarDay(year: year, month: month, day: 31) else { return .max }
        // 1970-01-01 was a Thursday: day 3 of the count is a Sunday.
        let back = (Int64(last.daysSince1970) - 3) % 7
        return (Int64(last.daysSince1970) - (back + 7) % 7) * 86_400 + 3600
    }

    private static func year(of instant: Instant) -> Int {
        var year = 1970 + Int(instant.seconds / 31_556_952)
        while let first = CalendarDay(year: year, month: 1, day: 1),
            Int64(first.daysSince1970) * 86_400 > instant.seconds
        { year -= 1 }
        while let next = CalendarDay(year: year + 1, month: 1, day: 1),
            Int64(next.daysSince1970) * 86_400 <= instant.seconds
        { year += 1 }
        return year
    }
}
