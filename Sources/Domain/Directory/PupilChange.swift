/// What a request says of a pupil: all of it in an add, the named attributes in a modification.
///
/// A nil list leaves as it is, an empty one clears.
package struct PupilChange: Hashable, Sendable {
    package typealias Membership = PupilRecord.Membership

    package enum Day: Hashable, Sendable {
        case unchanged
        case cleared
        case set(CalendarDay)
    }

    /// Leaves everything as it is.
    package static let none = PupilChange()

    package var person = PersonChange()
    /// Join keys of the schools.
    package var schools: [String]?
    package var schoolEntry = Day.unchanged
    package var schoolExit = Day.unchanged
    /// Places of the kind `schoolClass`, each class once.
    package var classes: [Membership.Place]?
    /// Days by class key.
    package var classEntries: [String: CalendarDay]?
    package var classExits: [String: CalendarDay]?
    /// Places of the kind `group`, each group once.
    package var groups: [Membership.Place]?
    /// Each guardian once.
    package var guardians: [PupilRecord.GuardianLink]?

    package init() {}

    /// Applies the change.
    ///
    /// A class or school that stays keeps the days that are not replaced; one that is new without an entry day begins
    /// on `day`; one no longer named is removed. Days of a class the pupil is not in are ignored.
    ///
    /// - Parameters:
    ///   - pupil: the record before.
    ///   - day: the day of a delta's export; nil for an add, whose classes are then open at the start.
    /// - Returns: the record after.
    package func applied(to pupil: PupilRecord, on day: CalendarDay?) -> PupilRecord {
        let before = pupil.memberships
        let schoolPlaces = schools.map { $0.map(Membership.Place.school) } ?? before.map(\.place).filter(\.isSchool)
        let classPlaces = classes ?? before.map(\.place).filter(\.isClass)
        let groupPlaces = groups ?? before.map(\.place).filter(\.isGroup)
        let kept = Dictionary(before.map { ($0.place.identity, $0) }, uniquingKeysWith: { first, _ in first })

        var memberships: [Membership] = []
        for place in schoolPlaces {
            var membership = kept[place.identity] ?? Membership(place: place, from: day)
            membership.from = schoolEntry.applied(to: membership.from)
            membership.to = schoolExit.applied(to: membership.to)
            memberships.append(membership)
        }
        for place in classPlaces {
            let old = kept[place.identity]
            let fallback = old == nil ? day : classEntries == nil ? old?.from : nil
            let from = classEntries?[place.key] ?? fallback
            let to = classExits.map { $0[place.key] } ?? old?.to
            memberships.append(Membership(place: place, from: from, to: to))
        }
        for place in groupPlaces {
            let old = kept[place.identity]
            memberships.append(Membership(place: place, from: old?.from, to: old?.to))
        }
        return PupilRecord(
            person: person.applied(to: pupil.person),
            memberships: memberships,
            guardians: guardians ?? pupil.guardians
        )
    }
}

extension PupilChange.Day {
    fileprivate func applied(to day: CalendarDay?) -> CalendarDay? {
        switch self {
        case .unchanged: day
        case .cleared: nil
        case .set(let day): day
        }
    }
}

extension PupilRecord.Membership.Place {
    /// The place without its label, which may change.
    fileprivate enum Identity: Hashable {
        case school(String)
        case schoolClass(String, school: String)
        case group(String, school: String)
    }

    fileprivate var identity: Identity {
        switch self {
        case .school(let key): .school(key)
        case .schoolClass(let key, let school, _): .schoolClass(key, school: school)
        case .group(let key, let school, _): .group(key, school: school)
        }
    }

    fileprivate var key: String {
        switch self {
        case .school(let key), .schoolClass(let key, _, _), .group(let key, _, _): key
        }
    }

    fileprivate var isSchool: Bool { if case .school = self { true } else { false } }
    fileprivate var isClass: Bool { if case .schoolClass = self { true } else { false } }
    fileprivate var isGroup: Bool { if case .group = self { true } else { false } }
}
