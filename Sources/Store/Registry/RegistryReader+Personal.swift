import Database
package import Domain

/// What is looked at for single persons of an audience.
extension RegistryReader {
    /// The schools of these pupils, by UAI. Keyed.
    package func schools(ofPupils pupils: some Collection<PersonID>) throws -> [PersonID: [String]] {
        var found: [PersonID: [String]] = [:]
        try connection.query(RegistryKeyedSQL.schoolsOfPupils, keys: pupils.map(\.rawValue)) { row in
            if let uai = row.textOrNil(1) { found[PersonID(rawValue: row.int64(0)), default: []].append(uai) }
        }
        return found.mapValues { $0.sorted() }
    }

    /// Who is a guardian of these pupils now. Keyed.
    package func guardians(ofPupils pupils: some Collection<PersonID>) throws -> [PersonID: Set<PersonID>] {
        var found: [PersonID: Set<PersonID>] = [:]
        try connection.query(RegistryKeyedSQL.guardians, keys: pupils.map(\.rawValue)) { row in
            found[PersonID(rawValue: row.int64(0)), default: []].insert(PersonID(rawValue: row.int64(1)))
        }
        return found
    }

    /// Whether one of these members of an audience concerns a pupil on a day.
    package func concerns(_ members: [AudienceMember], pupil: PersonID, on day: CalendarDay) throws -> Bool {
        guard !members.isEmpty else { return false }
        var places: [(kind: Int, key: String, uai: String?)] = []
        try connection.query(RegistrySQL.placesOfPupil.rawValue, pupil.rawValue, Int64(day.daysSince1970)) { row in
            places.append((row.int(0), row.text(1), row.textOrNil(2)))
        }
        func isIn(_ kind: Int, _ key: String, _ school: String?) -> Bool {
            places.contains { $0.kind == kind && $0.key.hasSameBytes(as: key) }
                && (school == nil || places.contains { $0.kind == 0 && $0.uai == school })
        }
        let names = try names(of: pupil)
        return members.contains { member in
            switch member {
            case .school(let uai): places.contains { $0.kind == 0 && $0.uai == uai }
            case .schoolClass(let key, let school): isIn(1, key, school)
            case .group(let key, let school): isIn(2, key, school)
            case .pupil(let key, _), .user(let key): names.contains(ExactText(key))
            }
        }
    }

    /// Whether an audience names the person directly.
    package func names(_ members: [AudienceMember], _ person: PersonID) throws -> Bool {
        guard members.contains(where: { if case .user = $0 { true } else { false } }) else { return false }
        let names = try names(of: person)
        return members.contains { if case .user(let key) = $0 { names.contains(ExactText(key)) } else { false } }
    }

    /// What an audience may call a person: the feeds' keys, and each of the ENT's ids.
    private func names(of person: PersonID) throws -> Set<ExactText> {
        Set(try (accounts(of: person) + records(of: person).map(\.key)).map { ExactText($0) })
    }

    /// The keys of classes that the directory does not know.
    package func unknownClasses(_ keys: [String]) throws -> [String] {
        try keys.filter { try find(.schoolClass($0), in: nil) == .nothing }
    }
}
