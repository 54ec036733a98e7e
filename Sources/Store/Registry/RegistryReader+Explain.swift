import Database
package import Domain

/// Who is in the directory, and why: from which feed, since when, by which import. Keys only, no names of persons.
extension RegistryReader {
    /// Rows of each list in an answer; `-o json` of a large school is still a page.
    private static let rowsMax = 2000

    /// Every person, class, group or school of this name: ENT id, key of a feed, or UAI.
    package func explain(_ name: String) throws -> [JSONObject] {
        try snapshot { reader in
            let name = name.trimmedIdentifier
            let persons = try reader.persons(named: name).map { try reader.explain($0) }
            let places = try reader.connection.all(
                """
                SELECT place.id FROM place WHERE (kind IN (0, 1, 2) AND key = ?1) OR uai = ?2 ORDER BY feed, kind, school_key LIMIT 50
                """,
                name,
                SchoolCode.normal(name)
            ) { $0.int64(0) }
            return try persons + places.map { try reader.explain(place: $0) }
        }
    }

    func explain(_ person: StoredPerson) throws -> JSONObject {
        var object = JSONObject()
        let records = try records(of: person.id)
        object["kind"] = .string("\(person.kind)")
        object["key"] = .text(records.first?.key)
        object["accounts"] = .array(try accounts(of: person.id).map { .string($0) })
        try connection.query(
            """
            SELECT (SELECT name FROM feed WHERE feed.id = person.feed), person.import, import.at,
                (SELECT count(*) FROM device WHERE owner = person.id AND state <> 2)
            FROM person LEFT JOIN import ON import.id = person.import WHERE person.id = ?
            """,
            person.id.rawValue
        ) { row in
            object["feed"] = .text(row.textOrNil(0))
            object.setImport(row, at: 1)
            object["devices"] = .number(row.int(3))
        }
        // Of one feed alone `key` and `feed` say it all.
        if records.count > 1 {
            object["records"] = .array(records.map { ["feed": .text($0.feed), "key": .string($0.key)] })
        }
        object["places"] = .array(try places(of: person.id))
        object["guardians"] = .array(try links("record", of: "pupil", person.id))
        object["pupils"] = .array(try links("pupil", of: "guardian", person.id))
        return object
    }

    private func places(of person: PersonID) throws -> [JSONValue] {
        try connection.all(
            """
            SELECT place.kind, place.key, place.name, school.uai, from_day, to_day, membership.import, import.at FROM membership
            JOIN place ON place.id = membership.place LEFT JOIN place school ON school.id = place.school
            LEFT JOIN import ON import.id = membership.import WHERE membership.person = ? ORDER BY place.kind, place.key LIMIT ?
            """,
            person.rawValue,
            Self.rowsMax
        ) { row in
            var object = JSONObject()
            object["kind"] = .string(Self.noun(ofPlace: row.int(0)))
            object["key"] = .string(row.text(1))
            object["name"] = .string(row.text(2))
            object["school"] = .text(row.textOrNil(3))
            object["from"] = .text(row.day(4)?.text)
            object["to"] = .text(row.day(5)?.text)
            object.setImport(row, at: 6)
            return .object(object)
        }
    }

    private func links(_ other: String, of side: String, _ person: PersonID) throws -> [JSONValue] {
        try connection.all(
            """
            SELECT person.key, since, guardianship.import, import.at, person.kind FROM guardianship
            JOIN person ON person.id = guardianship.\(other) LEFT JOIN import ON import.id = guardianship.import
            WHERE guardianship.\(side) = ? ORDER BY person.key LIMIT ?
            """,
            person.rawValue,
            Self.rowsMax
        ) { row in
            var object = JSONObject()
            object["key"] = .text(row.textOrNil(0))
            object["since"] = .text(row.day(1)?.text)
            object.setImport(row, at: 2)
            // Named, but without a record: nobody who is rung.
            if row.int(4) == 0 { object["missing"] = true }
            return .object(object)
        }
    }

    private func explain(place: Int64) throws -> JSONObject {
        var object = JSONObject()
        var isSchool = false
        try connection.query(
            """
            SELECT place.kind, place.key, place.name, coalesce(place.uai, school.uai), feed.name, place.import, import.at FROM place
            LEFT JOIN place school ON school.id = place.school LEFT JOIN feed ON feed.id = place.feed
            LEFT JOIN import ON import.id = place.import WHERE place.id = ?
            """,
            place
        ) { row in
            isSchool = row.int(0) == 0
            object["kind"] = .string(Self.noun(ofPlace: row.int(0)))
            object["key"] = .string(row.text(1))
            object["name"] = .string(row.text(2))
            object["school"] = .text(row.textOrNil(3))
            object["feed"] = .text(row.textOrNil(4))
            object.setImport(row, at: 5)
        }
        if isSchool { object["classes"] = .array(try classes(of: place)) }
        object["pupils"] = .array(try members(of: place))
        return object
    }

    private func classes(of school: Int64) throws -> [JSONValue] {
        try connection.all(
            """
            SELECT kind, key, name, (SELECT count(*) FROM membership WHERE membership.place = place.id), place.import, import.at
            FROM place LEFT JOIN import ON import.id = place.import WHERE place.school = ? AND kind <> 0 ORDER BY kind, key LIMIT ?
            """,
            school,
            Self.rowsMax
        ) { row in
            var object = JSONObject()
            object["kind"] = .string(Self.noun(ofPlace: row.int(0)))
            object["key"] = .string(row.text(1))
            object["name"] = .string(row.text(2))
            object["members"] = .number(row.int(3))
            object.setImport(row, at: 4)
            return .object(object)
        }
    }

    private func members(of place: Int64) throws -> [JSONValue] {
        try connection.all(
            """
            SELECT person.key, from_day, to_day, (SELECT count(*) FROM guardianship JOIN person adult ON adult.id = guardian
                AND adult.kind = 2 WHERE pupil = person.id), membership.import, import.at FROM membership
            JOIN person ON person.id = membership.person AND person.kind = 1
            LEFT JOIN import ON import.id = membership.import WHERE membership.place = ? ORDER BY person.key LIMIT ?
            """,
            place,
            Self.rowsMax
        ) { row in
            var object = JSONObject()
            object["key"] = .text(row.textOrNil(0))
            object["from"] = .text(row.day(1)?.text)
            object["to"] = .text(row.day(2)?.text)
            object["guardians"] = .number(row.int(3))
            object.setImport(row, at: 4)
            return .object(object)
        }
    }

    private static func noun(ofPlace kind: Int) -> String { ["school", "class", "group"][min(max(kind, 0), 2)] }

    /// What the applied imports behind `first` up to `last` changed in the feed of `last`, record by record; an import that changed too much
    /// to be remembered in single records is named in `incomplete`.
    package func changes(behind first: ImportID, upTo last: ImportID) throws -> JSONObject? {
        guard let imported = try storedImport(last) else { return nil }
        var records: [ChangedRecord: (first: Int, last: Int)] = [:]
        try connection.query(
            """
            SELECT kind, key, other, school, action FROM import_change JOIN import ON import.id = import_change.import
            WHERE import_change.import > ?1 AND import_change.import <= ?2 AND import.feed = ?3 ORDER BY import_change.import
            """,
            first.rawValue,
            last.rawValue,
            imported.feed
        ) { row in
            let record = ChangedRecord(kind: row.int(0), key: row.text(1), other: row.text(2), school: row.text(3))
            records[record] = (records[record]?.first ?? row.int(4), row.int(4))
        }
        var object = JSONObject()
        object["feed"] = .string(imported.feed)
        object["from"] = .string(first.description)
        object["to"] = .string(last.description)
        for kind in DirectoryChange.Kind.allCases {
            var sums: [String: [JSONValue]] = [:]
            for (record, actions) in records where record.kind == kind.rawValue {
                guard let word = Self.word(actions) else { continue }
                let name = record.other.isEmpty || kind == .guardian ? record.key : record.key + " " + record.other
                sums[word, default: []].append(.string(name.showingInvisible))
            }
            guard !sums.isEmpty else { continue }
            var changes = JSONObject()
            for word in ["added", "changed", "removed"] {
                changes[word] = .array((sums[word] ?? []).sorted { $0.string ?? "" < $1.string ?? "" })
            }
            object[kind.name] = .object(changes)
        }
        object["incomplete"] = .array(
            try connection.all(
                """
                SELECT id FROM import WHERE id > ?1 AND id <= ?2 AND feed = ?3 AND state = 'applied'
                    AND NOT EXISTS (SELECT 1 FROM import_change WHERE import_change.import = import.id) ORDER BY id LIMIT 1000
                """,
                first.rawValue,
                last.rawValue,
                imported.feed
            ) { .string(ImportID(rawValue: $0.int64(0)).description) }
        )
        return object
    }

    private struct ChangedRecord: Hashable {
        var kind: Int
        var key: String
        var other: String
        var school: String
    }

    /// The sum of what happened to one record; nil when it came and went.
    private static func word(_ actions: (first: Int, last: Int)) -> String? {
        switch (actions.first, actions.last) {
        case (0, 2): nil
        case (0, _): "added"
        case (_, 2): "removed"
        default: "changed"
        }
    }
}

extension JSONValue {
    fileprivate static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}

extension JSONObject {
    /// The import in this column and its time in the next.
    fileprivate mutating func setImport(_ row: borrowing Row, at column: Int) {
        self["import"] = row.int64OrNil(column).map { .string(ImportID(rawValue: $0).description) } ?? .null
        self["importAt"] = row.int64OrNil(column + 1).map { .string(Instant(milliseconds: $0).rfc3339) } ?? .null
    }
}
