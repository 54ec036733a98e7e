import Database
package import Domain

extension RegistryReader {
    /// Schools with a UAI, in its order. Cost: reads the links of every pupil of each, about 2 ms a school.
    ///
    /// `uai`: only this one. `after`: those behind this one.
    package func schools(uai: String? = nil, after: String?, limit: Int) throws -> [SchoolSummary] {
        try snapshot { reader in
            // Every export speaks of its feed, so the newest one is that of each school; one of accounts only counts when there is no other.
            var newest: [Int: (id: ImportID, at: Instant)] = [:]
            try reader.connection.query(
                """
                SELECT feed.id, import.id, coalesce(decided_at, at) FROM feed JOIN import ON import.id = coalesce(
                    (SELECT max(id) FROM import WHERE feed = feed.name AND state = 'applied' AND format <> 'ndjson'),
                    (SELECT max(id) FROM import WHERE feed = feed.name AND state = 'applied'))
                """
            ) { newest[$0.int(0)] = (ImportID(rawValue: $0.int64(1)), Instant(milliseconds: $0.int64(2))) }
            return try reader.connection.all(Self.summaries, uai.map(SchoolCode.normal), after ?? "", limit) { row in
                var summary = SchoolSummary(
                    school: StoredSchool(
                        id: row.int64(0),
                        uai: row.text(1),
                        name: row.text(2),
                        isActive: row.intOrNil(3).map { $0 == 1 }
                    ),
                    pupils: row.int(5),
                    guardians: row.int(6),
                    guardiansWithDevice: row.int(7)
                )
                let last = newest[row.int(4)]
                (summary.lastImport, summary.lastImportAt) = (last?.id, last?.at)
                return summary
            }
        }
    }

    /// Primary keys of membership and guardianship, index device_owner.
    private static let summaries = """
        WITH school AS (
            SELECT place.id AS id, place.uai AS uai, place.name AS name, activation.is_active AS is_active, place.feed AS feed
            FROM place LEFT JOIN activation ON activation.uai = place.uai
            WHERE kind = 0 AND place.uai IS NOT NULL AND (?1 IS NULL OR place.uai = ?1) AND place.uai > ?2
            ORDER BY place.uai LIMIT ?3),
        pupil AS (
            SELECT school.id AS school, person.id AS id FROM school CROSS JOIN membership CROSS JOIN person
            WHERE membership.place = school.id AND person.id = membership.person AND person.kind = 1),
        adult AS (
            SELECT DISTINCT pupil.school AS school, guardian AS id FROM pupil
            CROSS JOIN guardianship CROSS JOIN person
            WHERE guardianship.pupil = pupil.id AND person.id = guardian AND person.kind = 2)
        SELECT id, uai, name, is_active, feed, (SELECT count(*) FROM pupil WHERE school = school.id),
            (SELECT count(*) FROM adult WHERE school = school.id),
            (SELECT count(*) FROM adult WHERE school = school.id AND EXISTS (
                SELECT 1 FROM device WHERE owner = adult.id AND state = 0))
        FROM school ORDER BY uai
        """
}

extension RegistryReader {
    /// Imports that wait for a person. Reads all imports, a few for each day.
    package func heldImports() throws -> Int {
        try connection.first("SELECT count(*) FROM import WHERE state = 'held'") { $0.int(0) } ?? 0
    }

    /// When an import of a feed was applied last.
    package func lastApplied() throws -> [String: Instant] {
        var last: [String: Instant] = [:]
        try connection.query(
            "SELECT feed, max(coalesce(decided_at, at)) FROM import WHERE state = 'applied' GROUP BY feed"
        ) { last[$0.text(0)] = Instant(milliseconds: $0.int64(1)) }
        return last
    }
}

extension Registry {
    /// Switches a school; the word wins over the configuration's default and over every later import. On the disk when this returns.
    ///
    /// - Returns: whether it changed anything; nil for a school the directory does not know.
    package func activate(_ uai: String, _ isActive: Bool, now: Instant) async throws(StoreError) -> Bool? {
        let uai = SchoolCode.normal(uai)
        return try await writer.run(.full) { connection -> Bool? in
            let row = try connection.first(RegistrySQL.school.rawValue, uai) { $0.intOrNil(2) }
            guard let before = row else { return nil }
            if before.map({ $0 == 1 }) == isActive { return false }
            try connection.run(
                """
                INSERT INTO activation(uai, is_active, at) VALUES (?, ?, ?)
                ON CONFLICT(uai) DO UPDATE SET is_active = excluded.is_active, at = excluded.at
                """,
                uai,
                isActive,
                now.milliseconds
            )
            return true
        }
    }
}
