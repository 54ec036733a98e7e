import Database
package import Domain

package enum PersonKind: Int, Hashable, Sendable {
    /// An account that only devices or the ENT know, or somebody who left the directory.
    case unknown = 0
    case pupil = 1
    case guardian = 2
    case staff = 3
}

/// A person as the registry knows him or her; names stay inside the registry.
package struct StoredPerson: Hashable, Sendable {
    package var id: PersonID
    package var kind: PersonKind
    /// The feed's key.
    package var key: String?
    package var entID: String?

    /// The name the outside knows: the ENT's user id, else the feed's key.
    package var publicID: String { entID ?? key ?? "" }
}

extension RegistryReader {
    /// Finds a person by the ENT's user id or the feed's key; either finds the person.
    package func person(_ name: String) throws -> StoredPerson? {
        // The ENT's own id wins where a key of the feed looked the same.
        try connection.first(RegistrySQL.personByAccount.rawValue, name, row: Self.person)
            ?? connection.first(RegistrySQL.personByKey.rawValue, name, row: Self.person)
    }

    package func person(_ id: PersonID) throws -> StoredPerson? {
        try connection.first(RegistrySQL.person.rawValue, id.rawValue, row: Self.person)
    }

    static func person(_ row: borrowing Row) -> StoredPerson {
        StoredPerson(
            id: PersonID(rawValue: row.int64(0)),
            kind: PersonKind(rawValue: row.int(1)) ?? .unknown,
            key: row.textOrNil(2),
            entID: row.textOrNil(3)
        )
    }

    /// Schools by UAI, for the check of `data.school`: nil for an unknown one.
    package func school(uai: String) throws -> StoredSchool? {
        try connection.first(RegistrySQL.school.rawValue, uai) { row in
            StoredSchool(id: row.int64(0), uai: uai, name: row.text(1), isActive: row.intOrNil(2).map { $0 == 1 })
        }
    }

    /// The names of an audience that resolve to nothing, in their order.
    package func unresolved(_ members: [AudienceMember]) throws -> [AudienceMember] {
        try members.filter { member in
            switch member {
            case .schoolClass(let key): try place(kind: 1, key: key) == nil
            case .group(let key): try place(kind: 2, key: key) == nil
            case .school(let uai): try school(uai: uai) == nil
            case .pupil(let key): try person(key)?.kind != .pupil
            case .user(let key): try person(key) == nil
            }
        }
    }

    /// The schools (UAI) a member of an audience belongs to, for the publisher's rights; empty for users and for what is unknown.
    package func schools(of member: AudienceMember) throws -> [String] {
        switch member {
        case .school(let uai): [uai]
        case .schoolClass(let key): try schoolOfPlace(kind: 1, key: key)
        case .group(let key): try schoolOfPlace(kind: 2, key: key)
        case .pupil(let key):
            try person(key).map { pupil in
                try connection.all(
                    "SELECT uai FROM membership JOIN place ON place.id = membership.place AND place.kind = 0 WHERE membership.person = ?",
                    pupil.id.rawValue
                ) { $0.textOrNil(0) ?? "" }
            } ?? []
        case .user: []
        }
    }

    private func schoolOfPlace(kind: Int, key: String) throws -> [String] {
        try connection.all(
            "SELECT school.uai FROM place JOIN place school ON school.id = place.school WHERE place.kind = ? AND place.key = ?",
            kind,
            key
        ) { $0.textOrNil(0) ?? "" }
    }

    private func place(kind: Int, key: String) throws -> Int64? {
        try connection.first(RegistrySQL.place.rawValue, kind, key) { $0.int64(0) }
    }
}

package struct StoredSchool: Hashable, Sendable {
    package var id: Int64
    package var uai: String
    package var name: String
    /// nil: never switched; the configuration's default holds.
    package var isActive: Bool?
}
