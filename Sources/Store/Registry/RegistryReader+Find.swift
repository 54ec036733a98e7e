import Database
package import Domain

/// A class, group or school of the directory.
package struct FoundPlace: Hashable, Sendable {
    var id: Int64
    /// Row of its school.
    var school: Int64
    /// nil for a school without one.
    package var uai: String?
}

extension RegistryReader {
    /// Finds what an entry names.
    ///
    /// A key is unique in its feed, and a class in its school only. It is looked for in the school the entry itself names, and there alone;
    /// else in `school` (`data.school`) first, and when it is not there in the whole directory.
    package func find(_ member: AudienceMember, in school: String?) throws -> Found {
        switch member {
        case .school(let uai): try find(school: uai)
        case .schoolClass(let key, let own): try find(kind: 1, key, own: own, school)
        case .group(let key, let own): try find(kind: 2, key, own: own, school)
        case .pupil(let key, let own): try find(pupil: key, own: own, school)
        case .user(let key): try find(user: key, school)
        }
    }

    private func find(school uai: String) throws -> Found {
        let id = try connection.first(RegistrySQL.school.rawValue, uai) { $0.int64(0) }
        return id.map { .place(FoundPlace(id: $0, school: $0, uai: uai)) } ?? .nothing
    }

    private func find(kind: Int, _ key: String, own: String?, _ school: String?) throws -> Found {
        let places = try connection.all(RegistrySQL.places.rawValue, kind, key) {
            FoundPlace(id: $0.int64(0), school: $0.int64(1), uai: $0.textOrNil(2))
        }
        if let own { return places.first { $0.uai == own }.map { .place($0) } ?? .nothing }
        if let here = places.first(where: { $0.uai != nil && $0.uai == school }) { return .place(here) }
        guard let first = places.first else { return .nothing }
        return places.count == 1 ? .place(first) : .several(places.map { $0.uai ?? "" }.sorted())
    }

    private func find(pupil key: String, own: String?, _ school: String?) throws -> Found {
        let pupils = try persons(named: key).filter { $0.kind == .pupil }
        if let own { return try pupils.first { try isAt($0.id, uai: own) }.map { .person($0) } ?? .nothing }
        return try one(of: pupils, school) { try isAt($0.id, uai: $1) }
    }

    private func find(user key: String, _ school: String?) throws -> Found {
        try one(of: persons(named: key), school) { try isTied($0.id, to: [$1]) }
    }

    private func one(
        of persons: [StoredPerson],
        _ school: String?,
        isHere: (StoredPerson, String) throws -> Bool
    ) throws -> Found {
        guard let first = persons.first else { return .nothing }
        guard persons.count > 1 else { return .person(first) }
        let here = try school.map { school in try persons.filter { try isHere($0, school) } } ?? []
        if here.count == 1 { return .person(here[0]) }
        return .several(Set(try persons.flatMap { try schools(of: $0.id) }).sorted())
    }

    private func isAt(_ person: PersonID, uai: String) throws -> Bool {
        guard let school = try connection.first(RegistrySQL.school.rawValue, uai, row: { $0.int64(0) }) else {
            return false
        }
        return try connection.first(RegistrySQL.isAtSchool.rawValue, school, person.rawValue) { $0.int(0) } != nil
    }

    /// The schools (UAI) a person, or a pupil of his or hers, is a member of.
    private func schools(of person: PersonID) throws -> [String] {
        try connection.all(RegistrySQL.schoolsOfPerson.rawValue, person.rawValue) { $0.textOrNil(0) ?? "" }
    }

    /// The schools (UAI) an entry of an audience belongs to, for the publisher's rights; empty for users and for what is unknown.
    package func schools(of member: AudienceMember, found: Found) throws -> [String] {
        if let own = member.ownSchool { return [own] }
        if case .school(let uai) = member { return [uai] }
        if case .user = member { return [] }
        switch found {
        case .place(let place): return [place.uai ?? ""]
        case .person(let pupil):
            return try connection.all(
                "SELECT uai FROM membership JOIN place ON place.id = membership.place AND place.kind = 0 WHERE membership.person = ?",
                pupil.id.rawValue
            ) { $0.textOrNil(0) ?? "" }
        case .nothing, .several: return []
        }
    }
}
