package import Domain
import LocalTime

/// The calendar day at a school, in its time zone.
package enum SchoolTime {
    package static func day(of instant: Instant, uai: String?) -> CalendarDay {
        ZoneTables.shared.table(ofSchool: uai, at: instant).day(of: instant)
    }
}
