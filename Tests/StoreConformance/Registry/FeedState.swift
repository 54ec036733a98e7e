import Domain
import Store

/// What one feed has delivered.
struct FeedState {
    struct Place: Hashable {
        var kind: DirectoryChange.Kind
        var key: String
        /// By its key.
        var school: String
    }

    struct Membership: Hashable {
        var place: Place
        var from: Int32?
        var to: Int32?

        func holds(_ day: CalendarDay) -> Bool {
            (from ?? .min) <= day.daysSince1970 && day.daysSince1970 <= (to ?? .max)
        }
    }

    struct Pupil {
        var firstName: String
        /// Of the school, and of what is in it.
        var memberships: [Membership]
        /// By key; not all of them have a record.
        var guardians: [String]
    }

    struct Adult {
        var kind: PersonKind
        var firstName: String
        /// Of staff.
        var schools: [String] = []
    }

    /// UAI by key.
    var schools: [String: String]
    var places: Set<Place> = []
    var pupils: [String: Pupil] = [:]
    var adults: [String: Adult] = [:]
    /// The newest applied delivery, those of accounts left out.
    var lastImport: ImportID?

    init(schools: [String: String]) {
        self.schools = schools
        places = Set(schools.keys.map { Place(kind: .school, key: $0, school: $0) })
    }

    func uai(_ place: Place) -> String { schools[place.school] ?? "" }

    /// Who is rung of a pupil: adults with a record of their own.
    func guardians(of pupil: String) -> [String] {
        pupils[pupil]?.guardians.filter { adults[$0]?.kind == .guardian } ?? []
    }

    /// The dates of the place and of its school both count.
    func isPresent(_ pupil: Pupil, in place: Place, on day: CalendarDay) -> Bool {
        let school = Place(kind: .school, key: place.school, school: place.school)
        return [place, school].allSatisfy { place in
            pupil.memberships.contains { $0.place == place && $0.holds(day) }
        }
    }

    func present(in place: Place, on day: CalendarDay) -> [String] {
        pupils.keys.filter { key in pupils[key].map { isPresent($0, in: place, on: day) } ?? false }
    }

    /// UAIs of the schools somebody, or a pupil of his or hers, belongs to, whatever the dates.
    func schools(of key: String) -> Set<String> {
        let own =
            pupils[key]?.memberships.map { uai($0.place) } ?? adults[key]?.schools.compactMap { schools[$0] } ?? []
        let through = pupils.values.filter { $0.guardians.contains(key) }.flatMap {
            $0.memberships.map { uai($0.place) }
        }
        return Set(own + through)
    }

    /// - Returns: how many places and relations went.
    mutating func erase(_ key: String) -> Int {
        var links = pupils[key].map { $0.memberships.count + $0.guardians.count } ?? adults[key]?.schools.count ?? 0
        for (pupil, record) in pupils where record.guardians.contains(key) {
            pupils[pupil]?.guardians.removeAll { $0 == key }
            links += 1
        }
        pupils[key] = nil
        adults[key] = nil
        return links
    }

    // MARK: As it is delivered

    /// All of it. Places that nobody is in are in no delivery.
    mutating func complete() -> [DirectoryChange] {
        places = Set(schools.keys.map { Place(kind: .school, key: $0, school: $0) })
            .union(pupils.values.flatMap { $0.memberships.map(\.place) })
        let schools = schools.sorted { $0.key < $1.key }.map { key, uai in
            DirectoryRecord.school(SchoolRecord(key: key, uai: uai, name: "School " + key))
        }
        let persons = (Array(pupils.keys) + adults.keys).sorted().compactMap(record)
        return (schools + persons).map { DirectoryChange(.put($0)) }
    }

    /// One record as it is now.
    mutating func delta(_ key: String, _ kind: DirectoryChange.Kind) -> DirectoryChange {
        places.formUnion(pupils[key]?.memberships.map(\.place) ?? [])
        return DirectoryChange(record(key).map { .put($0) } ?? .remove(kind, key: key))
    }

    private func record(_ key: String) -> DirectoryRecord? {
        if let pupil = pupils[key] { return .pupil(pupil.record(key)) }
        guard let adult = adults[key] else { return nil }
        let record = PersonRecord(key: key, lastName: "L", firstName: adult.firstName, schools: adult.schools)
        return adult.kind == .staff ? .staff(record) : .guardian(record)
    }
}

extension FeedState.Pupil {
    func record(_ key: String) -> PupilRecord {
        PupilRecord(
            person: PersonRecord(key: key, lastName: "L", firstName: firstName),
            memberships: memberships.map { membership in
                let place = membership.place
                let there: PupilRecord.Membership.Place =
                    switch place.kind {
                    case .schoolClass: .schoolClass(key: place.key, school: place.school, name: place.key)
                    case .group: .group(key: place.key, school: place.school, name: place.key)
                    default: .school(key: place.key)
                    }
                return .init(
                    place: there,
                    from: membership.from.map { CalendarDay(daysSince1970: $0) },
                    to: membership.to.map { CalendarDay(daysSince1970: $0) }
                )
            },
            guardians: guardians.map { .init(key: $0, raw: "") }
        )
    }
}
