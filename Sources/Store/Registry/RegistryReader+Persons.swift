import Database
package import Domain

package enum PersonKind: Int, Hashable, Sendable {
    /// An account that only devices or the ENT know, or somebody who left the directory.
    case unknown = 0
    case pupil = 1
    case guardian = 2
    case staff = 3
}

extension RegistryReader {
    /// Finds a person by the ENT's user id or the feed's key; either finds the person. nil also for a key that several feeds have.
    package func person(_ name: String) throws -> StoredPerson? {
        let persons = try persons(named: name)
        return persons.count == 1 ? persons[0] : nil
    }

    /// Every person of this name, each once: one by the ENT's user id, which is global, else those whose record in a feed has the key.
    package func persons(named name: String) throws -> [StoredPerson] {
        var met: Set<PersonID> = []
        return try records(named: name).filter { met.insert($0.id).inserted }
    }

    /// The same, with feed and key of each record: two of them may be one person.
    private func records(named name: String) throws -> [StoredPerson] {
        let name = name.trimmedIdentifier
        // The ENT's own id wins where a key of the feed looked the same.
        if let person = try connection.first(RegistrySQL.personByAccount.rawValue, name, row: Self.person) {
            return [person]
        }
        return try connection.all(RegistrySQL.personByKey.rawValue, name, row: Self.person)
    }

    /// As ``persons(named:)``, for operators, who can also say which feed's person they mean: `lyon:9201`.
    package func persons(meantBy name: String) throws -> [StoredPerson] {
        let found = try persons(named: name)
        guard found.isEmpty, let colon = name.firstIndex(of: ":") else { return found }
        let feed = try connection.first("SELECT id FROM feed WHERE name = ?", String(name[..<colon])) { $0.int64(0) }
        return try records(named: String(name[name.index(after: colon)...])).filter { $0.feed == feed }
    }

    /// How an operator names just this one of several with one key: its ENT id, else feed and key.
    package func distinctName(of person: StoredPerson) throws -> String {
        if let id = person.entID { return id }
        let feed = try connection.first("SELECT name FROM feed WHERE id = ?", person.feed) { $0.text(0) }
        return (feed.map { $0 + ":" } ?? "") + (person.key ?? "")
    }

    /// The ENT's ids of a person, the oldest account first.
    package func accounts(of person: PersonID) throws -> [String] {
        try connection.all(RegistrySQL.accountsOfPerson.rawValue, person.rawValue) { $0.text(0) }
    }

    /// Feed and key of each record that is this person, his or her own row's first; none for somebody no feed knows.
    package func records(of person: PersonID) throws -> [FeedRecord] {
        try connection.all(RegistrySQL.recordsOfPerson.rawValue, person.rawValue) {
            FeedRecord(feed: $0.textOrNil(1), key: $0.text(0))
        }
    }

    package func person(_ id: PersonID) throws -> StoredPerson? {
        try connection.first(RegistrySQL.person.rawValue, id.rawValue, row: Self.person)
    }

    static func person(_ row: borrowing Row) -> StoredPerson {
        StoredPerson(
            id: PersonID(rawValue: row.int64(0)),
            kind: PersonKind(rawValue: row.int(1)) ?? .unknown,
            key: row.textOrNil(2),
            entID: row.textOrNil(3),
            feed: row.int64(4)
        )
    }

    /// Schools by UAI, for the check of `data.school`: nil for an unknown one.
    package func school(uai: String) throws -> StoredSchool? {
        try connection.first(RegistrySQL.school.rawValue, uai) { row in
            StoredSchool(id: row.int64(0), uai: uai, name: row.text(1), isActive: row.intOrNil(2).map { $0 == 1 })
        }
    }
}

package struct StoredSchool: Hashable, Sendable {
    package var id: Int64
    package var uai: String
    package var name: String
    /// nil: never switched; the configuration's default holds.
    package var isActive: Bool?
}
