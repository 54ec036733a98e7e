import Domain
import Store

/// Whom the members of an audience mean.
extension RegistryState {
    enum Meant: Equatable {
        case nothing
        case place(feed: String, FeedState.Place)
        case person(Person)
        case several([String])
    }

    /// `school`: UAI, where keys are looked for first.
    func find(_ member: AudienceMember, in school: String?) -> Meant {
        switch member {
        case .school(let uai):
            for (name, feed) in feeds {
                for place in feed.places where place.kind == .school && feed.uai(place) == uai {
                    return .place(feed: name, place)
                }
            }
            return .nothing
        case .schoolClass(let key, let own): return find(.schoolClass, key, own: own, school)
        case .group(let key, let own): return find(.group, key, own: own, school)
        case .pupil(let key, let own):
            let pupils = named(key).filter { kind(of: $0) == .pupil }
            guard let own else { return one(of: pupils, school) }
            return pupils.first { schools(of: $0).contains(own) }.map { .person($0) } ?? .nothing
        case .user(let key): return one(of: named(key), school)
        }
    }

    private func find(_ kind: DirectoryChange.Kind, _ key: String, own: String?, _ school: String?) -> Meant {
        let places = feeds.flatMap { name, feed in
            feed.places.filter { $0.kind == kind && $0.key == key }.map { (uai: feed.uai($0), feed: name, place: $0) }
        }
        func there(_ uai: String?) -> Meant? {
            places.first { $0.uai == uai }.map { .place(feed: $0.feed, $0.place) }
        }
        if let own { return there(own) ?? .nothing }
        if let here = there(school) { return here }
        guard let only = places.first else { return .nothing }
        return places.count == 1 ? .place(feed: only.feed, only.place) : .several(places.map(\.uai).sorted())
    }

    private func one(of persons: [Person], _ school: String?) -> Meant {
        guard let first = persons.first else { return .nothing }
        guard persons.count > 1 else { return .person(first) }
        let here = persons.filter { person in school.map { schools(of: person).contains($0) } ?? false }
        if here.count == 1 { return .person(here[0]) }
        return .several(persons.reduce(into: Set<String>()) { $0.formUnion(schools(of: $1)) }.sorted())
    }

    func schools(of person: Person) -> Set<String> {
        guard case .record(let feed, let key) = person else { return [] }
        return feeds[feed]?.schools(of: key) ?? []
    }

    // MARK: The audience

    struct Concerned: Equatable {
        var role: ConcernedPersons.Role
        var through: Set<Person> = []
        var withheld: Reason?
    }

    struct Meeting {
        var persons: [Person: Concerned] = [:]
        var unknown: [String] = []
        var pupils: Set<Person> = []
        var pupilsWithoutGuardian: Set<Person> = []
    }

    func audience(
        _ members: [AudienceMember],
        in school: String?,
        on day: CalendarDay,
        author: String?,
        schools: Set<String>?
    ) -> Meeting {
        var meeting = Meeting()
        var named: Set<Person> = []
        for member in members {
            if case .user(let key) = member {
                if case .person(let person) = find(member, in: school) {
                    named.insert(person)
                } else if !meeting.unknown.contains(key) {
                    meeting.unknown.append(key)
                }
                continue
            }
            switch find(member, in: school) {
            case .place(let feed, let place):
                let keys = feeds[feed]?.present(in: place, on: day) ?? []
                meeting.pupils.formUnion(keys.map { .record(feed: feed, key: $0) })
            case .person(let pupil): meeting.pupils.insert(pupil)
            case .nothing, .several: break
            }
        }
        for case .record(let feed, let key) in meeting.pupils {
            let guardians = feeds[feed]?.guardians(of: key) ?? []
            if guardians.isEmpty { meeting.pupilsWithoutGuardian.insert(.record(feed: feed, key: key)) }
            for guardian in guardians {
                meeting.persons[.record(feed: feed, key: guardian), default: Concerned(role: .guardian)].through
                    .insert(.record(feed: feed, key: key))
            }
        }
        for person in named {
            var concerned = meeting.persons[person] ?? Concerned(role: .guardian)
            concerned.role = kind(of: person) == .guardian ? .guardian : .other
            if let schools, concerned.through.isEmpty, schools.isDisjoint(with: self.schools(of: person)) {
                concerned.withheld = .forbidden
            }
            meeting.persons[person] = concerned
        }
        if let author, case .person(let person) = find(.user(author), in: school) {
            meeting.persons[person]?.role = .author
        }
        return meeting
    }
}
