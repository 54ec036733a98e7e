package import Domain
import LocalTime
package import Store

/// Whether single persons of a publication are rung now: the switch of its kind, the classes they muted, quiet hours. Looked at when the
/// audience is resolved, and again when a delivery that waited is loaded. Made for some work, used on one thread, thrown away.
package final class PersonalLook {
    package enum Verdict: Hashable, Sendable {
        /// Nothing is sent.
        case withheld(Reason)
        /// Quiet hours; nil: they never end within ``ZoneTables/reach``.
        case waits(QuietWait)
    }

    private let rules: DeliveryRules
    private let registry: RegistryReader
    private var hours: QuietHours

    package init(_ rules: DeliveryRules, registry: RegistryReader) {
        self.rules = rules
        self.registry = registry
        hours = QuietHours(rules.quiet)
    }

    /// Who of these is not rung now; whoever is not in the answer is. A statement or two for all of them.
    package func verdicts(
        on persons: some Collection<ConcernedPersons.Entry>,
        of publication: Publication,
        now: Instant
    ) throws -> [PersonID: Verdict] {
        let kind = rules.kind(publication.app, publication.action)
        guard !kind.isDisabled else {
            return Dictionary(
                persons.map { ($0.person, .withheld(.kindDisabled)) },
                uniquingKeysWith: { first, _ in first }
            )
        }
        let known = persons.filter { $0.person.unknownIndex == nil }
        let wishes = try registry.wishes(of: known.map(\.person))
        var verdicts: [PersonID: Verdict] = [:]
        for person in try registry.restricted(of: known.map(\.person)) { verdicts[person] = .withheld(.restricted) }
        for entry in known where verdicts[entry.person] == nil {
            if let reason = try reason(entry, wishes[entry.person], kind, publication, now) {
                verdicts[entry.person] = .withheld(reason)
            }
        }
        for (person, wait) in try waits(of: known.filter { verdicts[$0.person] == nil }, wishes, publication, now) {
            verdicts[person] = .waits(wait)
        }
        return verdicts
    }

    /// Who of these has to wait for quiet hours to end.
    package func waits(
        of persons: some Collection<ConcernedPersons.Entry>,
        in publication: Publication,
        now: Instant
    ) throws -> [PersonID: QuietWait] {
        guard holdsUp(publication) else { return [:] }
        return try waits(of: persons, registry.wishes(of: persons.map(\.person)), publication, now)
    }

    /// Who of these has lost every child through whom the publication concerns him or her, and is not named by it.
    package func lost(
        of persons: some Collection<ConcernedPersons.Entry>,
        in publication: Publication
    ) throws -> Set<PersonID> {
        let through = persons.filter { $0.role == .guardian && !$0.through.isEmpty }
        let guardians = try registry.guardians(ofPupils: Set(through.flatMap(\.through)))
        var lost: Set<PersonID> = []
        for entry in through
        where !entry.through.contains(where: { guardians[$0]?.contains(entry.person) ?? false }) {
            if try !registry.names(publication.audience, entry.person) { lost.insert(entry.person) }
        }
        return lost
    }

    /// The earliest opening of a publication for people without hours of their own; nil: now.
    ///
    /// `schools`: of the publication and its audience; none: it is in Paris.
    package func opensAt(_ publication: Publication, schools: [String], now: Instant) -> Instant? {
        guard holdsUp(publication) else { return nil }
        let places = Self.places(publication.school.map { [$0] } ?? schools)
        let openings = places.compactMap { hours.opensAt(schools: [$0], own: nil, now: now) }
        return openings.min().flatMap { $0 > now ? $0 : nil }
    }

    /// When what is let go at `release` expires.
    package func expiry(_ publication: Publication, releasedAt release: Instant, planned: Instant) -> Instant {
        publication.expiresAt == nil ? max(planned, release + rules.timeToLive(publication)) : planned
    }

    /// Whether quiet hours hold it up at all.
    func holdsUp(_ publication: Publication) -> Bool {
        rules.quiet.isEnabled && publication.urgency != .urgent
    }

    // MARK: - Wishes

    private func reason(
        _ entry: ConcernedPersons.Entry,
        _ wishes: Wishes?,
        _ kind: KindSwitch,
        _ publication: Publication,
        _ now: Instant
    ) throws -> Reason? {
        if let reason = kind.reason(wish: wishes?.push(publication.kind.capitalsOfASCII)) { return reason }
        guard let wishes, !wishes.mutedClasses.isEmpty, entry.role == .guardian, !entry.through.isEmpty else {
            return nil
        }
        return try isMuted(entry, wishes, publication, now) ? .muted : nil
    }

    /// A muted class mutes only what reaches the person through that class alone.
    private func isMuted(
        _ entry: ConcernedPersons.Entry,
        _ wishes: Wishes,
        _ publication: Publication,
        _ now: Instant
    ) throws -> Bool {
        let others = publication.audience.filter { member in
            if case .schoolClass(let key, _) = member { !wishes.mutes(key) } else { true }
        }
        guard others.count < publication.audience.count else { return false }
        if try registry.names(others, entry.person) { return false }
        let zone = ZoneTables.shared.table(ofSchool: publication.school, at: now)
        let day = zone.day(of: publication.time ?? now)
        for pupil in entry.through where try registry.concerns(others, pupil: pupil, on: day) { return false }
        return true
    }

    // MARK: - Quiet hours

    private func waits(
        of persons: some Collection<ConcernedPersons.Entry>,
        _ wishes: [PersonID: Wishes],
        _ publication: Publication,
        _ now: Instant
    ) throws -> [PersonID: QuietWait] {
        guard holdsUp(publication), !persons.isEmpty else { return [:] }
        // An event without a school is heard at the schools of the children it is about.
        let schools =
            publication.school == nil ? try registry.schools(ofPupils: Set(persons.flatMap(\.through))) : [:]
        var waits: [PersonID: QuietWait] = [:]
        for entry in persons {
            let places = Self.places(
                publication.school.map { [$0] } ?? Set(entry.through.flatMap { schools[$0] ?? [] }).sorted()
            )
            let opening = hours.opensAt(
                schools: places,
                own: wishes[entry.person]?.quietHours,
                now: now
            )
            // Hours that never open hold it up to its end.
            let opensAt = opening ?? now + ZoneTables.reach
            guard opensAt > now else { continue }
            waits[entry.person] = QuietWait(
                opensAt: opensAt,
                dueAt: rules.quiet.release(opensAt, of: entry.person)
            )
        }
        return waits
    }

    /// No school at all: the publication is in Paris.
    private static func places(_ schools: [String]) -> [String?] {
        schools.isEmpty ? [nil] : schools.map(Optional.some)
    }
}
