/// One thing an export says, in one shape for all formats; changes are taken in the order of the export.
package struct DirectoryChange: Hashable, Sendable {
    package enum Action: Hashable, Sendable {
        /// Replaces the whole record of that key, or makes it: of a pupil also places and guardians.
        case put(DirectoryRecord)
        /// Replaces what is named and leaves the rest; of a delta.
        case modify(key: String, RecordChange)
        /// The record goes, with everything it alone proves.
        case remove(Kind, key: String)
        /// A class or group with a record of its own.
        case putPlace(PlaceRecord)
        /// `school` is empty where the line does not name it.
        case removePlace(Kind, key: String, school: String)
        /// Names only: places and guardians stay.
        case putPerson(Kind, PersonRecord)
        case join(pupil: String, PupilRecord.Membership)
        case leave(pupil: String, PupilRecord.Membership.Place)
        case link(pupil: String, guardian: String)
        case unlink(pupil: String, guardian: String)
        case putUser(UserRecord)
        case removeUser(id: String)
    }

    /// What records are of, as reports count them.
    package enum Kind: Int, Hashable, Sendable, CaseIterable {
        case school = 0
        case schoolClass = 1
        case group = 2
        case pupil = 3
        case guardian = 4
        case staff = 5
        case link = 6
        case user = 7

        /// As the report names it.
        package var name: String {
            switch self {
            case .school: "schools"
            case .schoolClass: "classes"
            case .group: "groups"
            case .pupil: "pupils"
            case .guardian: "guardians"
            case .staff: "staff"
            case .link: "links"
            case .user: "users"
            }
        }
    }

    package var action: Action
    /// Where it stands, for warnings.
    package var file: String
    package var line: Int
    /// The day of its file: a class that a modification adds begins on it.
    package var day: CalendarDay?

    package init(_ action: Action, file: String = "", line: Int = 0, day: CalendarDay? = nil) {
        self.action = action
        self.file = file
        self.line = line
        self.day = day
    }
}

extension DirectoryChange {
    /// The key of the record it is about, as it stands there.
    package var key: String {
        switch action {
        case .put(.school(let school)): school.key
        case .put(.pupil(let pupil)): pupil.person.key
        case .put(.guardian(let person)), .put(.staff(let person)), .putPerson(_, let person): person.key
        case .put(.user(let user)), .putUser(let user): user.id
        case .modify(let key, _), .remove(_, let key), .removePlace(_, let key, _), .removeUser(let key): key
        case .putPlace(let place): place.key
        case .join(let pupil, _), .leave(let pupil, _), .link(let pupil, _), .unlink(let pupil, _): pupil
        }
    }

    /// With every id as it is compared; nil when one holds a control character or one that turns the direction of text: such a record is
    /// left out, since nobody could tell it from another.
    package var normalized: DirectoryChange? {
        var ids = Identifiers()
        var change = self
        switch action {
        case .put(let record): change.action = .put(ids.normal(record))
        case .modify(let key, let change_): change.action = .modify(key: ids.normal(key), ids.normal(change_))
        case .remove(let kind, let key): change.action = .remove(kind, key: ids.normal(key))
        case .putPlace(var place):
            (place.key, place.school) = (ids.normal(place.key), ids.normal(place.school))
            change.action = .putPlace(place)
        case .removePlace(let kind, let key, let school):
            change.action = .removePlace(kind, key: ids.normal(key), school: ids.normal(school))
        case .putPerson(let kind, let person): change.action = .putPerson(kind, ids.normal(person))
        case .join(let pupil, var membership):
            membership.place = ids.normal(membership.place)
            change.action = .join(pupil: ids.normal(pupil), membership)
        case .leave(let pupil, let place): change.action = .leave(pupil: ids.normal(pupil), ids.normal(place))
        case .link(let pupil, let guardian):
            change.action = .link(pupil: ids.normal(pupil), guardian: ids.normal(guardian))
        case .unlink(let pupil, let guardian):
            change.action = .unlink(pupil: ids.normal(pupil), guardian: ids.normal(guardian))
        case .putUser(let user): change.action = .putUser(ids.normal(user))
        case .removeUser(let id): change.action = .removeUser(id: ids.normal(id))
        }
        return ids.areSound ? change : nil
    }

    /// Normalizes ids and remembers whether all were sound.
    private struct Identifiers {
        var areSound = true

        mutating func normal(_ id: String) -> String {
            let id = id.trimmedIdentifier
            if id.holdsControl { areSound = false }
            return id
        }

        mutating func normal(_ person: PersonRecord) -> PersonRecord {
            var person = person
            person.key = normal(person.key)
            for index in person.schools.indices { person.schools[index] = normal(person.schools[index]) }
            return person
        }

        mutating func normal(_ user: UserRecord) -> UserRecord {
            var user = user
            (user.id, user.externalKey) = (normal(user.id), normal(user.externalKey))
            return user
        }

        mutating func normal(_ place: PupilRecord.Membership.Place) -> PupilRecord.Membership.Place {
            switch place {
            case .school(let key): .school(key: normal(key))
            case .schoolClass(let key, let school, let name):
                .schoolClass(key: normal(key), school: normal(school), name: name)
            case .group(let key, let school, let name): .group(key: normal(key), school: normal(school), name: name)
            }
        }

        mutating func normal(_ record: DirectoryRecord) -> DirectoryRecord {
            switch record {
            case .school(var school):
                school.key = normal(school.key)
                school.uai = SchoolCode.normal(normal(school.uai))
                return .school(school)
            case .guardian(let person): return .guardian(normal(person))
            case .staff(let person): return .staff(normal(person))
            case .user(let user): return .user(normal(user))
            case .pupil(var pupil):
                pupil.person = normal(pupil.person)
                for index in pupil.memberships.indices {
                    pupil.memberships[index].place = normal(pupil.memberships[index].place)
                }
                for index in pupil.guardians.indices {
                    pupil.guardians[index].key = normal(pupil.guardians[index].key)
                }
                return .pupil(pupil)
            }
        }

        mutating func normal(_ change: RecordChange) -> RecordChange {
            switch change {
            case .school(var school):
                school.uai = school.uai.map { SchoolCode.normal(normal($0)) }
                return .school(school)
            case .relative, .staff: return change
            case .pupil(var pupil):
                if let schools = pupil.schools { pupil.schools = schools.map { normal($0) } }
                if let classes = pupil.classes { pupil.classes = classes.map { normal($0) } }
                if let groups = pupil.groups { pupil.groups = groups.map { normal($0) } }
                if let guardians = pupil.guardians {
                    pupil.guardians = guardians.map { .init(key: normal($0.key), raw: $0.raw) }
                }
                return .pupil(pupil)
            }
        }
    }
}
