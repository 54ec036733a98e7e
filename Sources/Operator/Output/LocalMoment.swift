import Domain
import LocalTime

/// An instant as people at a school say it.
enum LocalMoment {
    private static func name(ofDay number: Int) -> String {
        switch number {
        case 0: say("Monday")
        case 1: say("Tuesday")
        case 2: say("Wednesday")
        case 3: say("Thursday")
        case 4: say("Friday")
        case 5: say("Saturday")
        default: say("Sunday")
        }
    }

    /// `Monday at 7:04`, by the clock on the wall of the school; of Paris when `school` is nil.
    static func text(_ instant: Instant, school: String?) -> String {
        let wall = ZoneTables.shared.table(ofSchool: school, at: instant).wallSeconds(at: instant)
        let day = CalendarDay(wallSeconds: wall)
        let minute = Int(wall - Int64(day.daysSince1970) * 86_400) / 60
        // 1970-01-01 was a Thursday.
        let weekday = ((Int(day.daysSince1970) + 3) % 7 + 7) % 7
        let minutes = (minute % 60 < 10 ? "0" : "") + "\(minute % 60)"
        return say("\(name(ofDay: weekday)) at \(minute / 60):\(minutes)")
    }
}
