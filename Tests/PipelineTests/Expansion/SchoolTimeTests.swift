import Domain
import Testing

@testable import Pipeline

/// Which day it is at a school.
struct SchoolTimeTests {
    @Test(arguments: [
        // Paris: one hour in winter, two in summer (Directive 2000/84/EC).
        ("2026-01-15T22:59:59Z", "0420001A", "2026-01-15"), ("2026-01-15T23:00:00Z", "0420001A", "2026-01-16"),
        ("2026-07-15T21:59:59Z", "0420001A", "2026-07-15"), ("2026-07-15T22:00:00Z", "0420001A", "2026-07-16"),
        // The change of 2026: 29 March and 25 October at 01:00 UTC.
        ("2026-03-28T22:59:59Z", nil, "2026-03-28"), ("2026-03-29T22:00:00Z", nil, "2026-03-30"),
        ("2026-10-24T22:00:00Z", nil, "2026-10-25"), ("2026-10-25T22:30:00Z", nil, "2026-10-25"),
        // Overseas: Guadeloupe −4, Guyane −3, Réunion +4, Mayotte +3, Nouvelle-Calédonie +11, Polynésie −10.
        ("2026-07-15T03:59:00Z", "9710001A", "2026-07-14"), ("2026-07-15T02:59:00Z", "9730001A", "2026-07-14"),
        ("2026-07-15T20:00:00Z", "9740001A", "2026-07-16"), ("2026-07-15T21:00:00Z", "9760001A", "2026-07-16"),
        ("2026-07-15T13:00:00Z", "9830001A", "2026-07-16"), ("2026-07-15T09:59:00Z", "9840001A", "2026-07-14"),
        // Before 1970 days count backwards.
        ("1969-12-31T22:59:59Z", nil, "1969-12-31"),
    ])
    func `the day follows the department`(instant: String, uai: String?, day: String) throws {
        let parts = day.split(separator: "-").compactMap { Int($0) }
        let expected = try #require(CalendarDay(year: parts[0], month: parts[1], day: parts[2]))
        #expect(SchoolTime.day(of: try #require(Instant(rfc3339: instant)), uai: uai) == expected)
    }
}
