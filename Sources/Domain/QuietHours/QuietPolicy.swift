/// What the configuration says of quiet hours: when nobody is rung, and how what waited is let go.
package struct QuietPolicy: Hashable, Sendable {
    package var isEnabled = true
    package var week = WeekOfMinutes(Pause.national)
    /// Whether school holidays are quiet, by ``calendar``.
    package var withHolidays = false
    package var calendar = HolidayCalendar()
    /// What waited is due within so long after the opening.
    package var releaseSpread = Duration.seconds(15 * 60)
    /// So many that wait for one person become one message.
    package var recapFrom = 3
    /// Schools with pauses of their own, by UAI.
    package var schools: [String: WeekOfMinutes] = [:]

    package init() {}

    /// Pauses and holidays of a school; nil when it is never quiet.
    package func hours(uai: String?) -> (week: WeekOfMinutes, days: [HolidayCalendar.Days])? {
        guard isEnabled else { return nil }
        let own = uai.flatMap { schools[$0] }
        // A school that wants no pause wants none in the holidays either.
        if let own, own.isNeverQuiet { return nil }
        let days = withHolidays ? calendar.holidays(uai: uai) : []
        let week = own ?? week
        return week.isNeverQuiet && days.isEmpty ? nil : (week, days)
    }

    /// When what waits for an opening is due: the same place in the window for everything one person waits for.
    package func release(_ opening: Instant, of person: PersonID) -> Instant {
        var lots = SplitMix64(seed: UInt64(bitPattern: person.rawValue))
        let window = releaseSpread.wholeMilliseconds
        return window <= 0 ? opening : opening + .milliseconds(Int64(lots.next() % UInt64(window)))
    }
}
