package import Domain

/// The policy at work: when a school, and a person with hours of his or her own, may be rung. A value made for some work and thrown away
/// with it, so that rules are put together once.
package struct QuietHours: Sendable {
    package let policy: QuietPolicy
    private let zones: ZoneTables
    private var rules: [String: QuietRule?] = [:]
    private var own: [OwnQuietHours: QuietRule?] = [:]
    private var openings: [Question: Instant?] = [:]

    private struct Question: Hashable {
        var schools: [String?]
        var own: OwnQuietHours?
        /// Openings of one minute are the same for all of it.
        var minute: Int64
    }

    /// Openings remembered: a school, and a few guardians with hours of their own.
    private static let openingsMax = 4096

    package init(_ policy: QuietPolicy, zones: ZoneTables = .shared) {
        self.policy = policy
        self.zones = zones
    }

    /// When a person may be rung who is concerned through these schools; `now` when that is now, nil when it is never within
    /// ``ZoneTables/reach``.
    ///
    /// `schools`: UAI codes, nil for one that is not known; the hours of all of them count.
    package mutating func opensAt(schools: [String?], own: OwnQuietHours?, now: Instant) -> Instant? {
        guard policy.isEnabled else { return now }
        let own = own.flatMap { $0.isEnabled && !$0.pauses.isEmpty ? $0 : nil }
        let question = Question(schools: schools, own: own, minute: now.seconds / 60)
        if let known = openings[question] { return known.map { max($0, now) } }
        var rules = schools.compactMap { rule(school: $0, now) }
        if let own, let rule = rule(own, now) { rules.append(rule) }
        let opening = rules.opensAt(now, limit: now + ZoneTables.reach)
        if openings.count >= Self.openingsMax { openings.removeAll() }
        openings[question] = .some(opening)
        return opening
    }

    private mutating func rule(school: String?, _ now: Instant) -> QuietRule? {
        let key = school ?? ""
        if let known = rules[key], known?.zone.covers(now, for: ZoneTables.reach) ?? true { return known }
        let rule = policy.hours(uai: school).map { hours in
            QuietRule(week: hours.week, days: hours.days, zone: zones.table(ofSchool: school, at: now))
        }
        rules[key] = .some(rule)
        return rule
    }

    private mutating func rule(_ hours: OwnQuietHours, _ now: Instant) -> QuietRule? {
        if let known = own[hours], known?.zone.covers(now, for: ZoneTables.reach) ?? true { return known }
        let zone =
            zones.table(hours.timezone ?? SchoolZone.paris, at: now) ?? zones.table(ofSchool: nil, at: now)
        let rule = QuietRule(week: WeekOfMinutes(hours.pauses), zone: zone)
        if own.count >= Self.openingsMax { own.removeAll() }
        own[hours] = .some(rule)
        return rule
    }
}
