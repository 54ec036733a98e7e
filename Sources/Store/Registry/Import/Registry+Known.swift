import Database
package import Domain

/// What an export without keys of its own has to know before it is read: ONDE CSV.
extension Registry {
    /// The school of this UAI as the feed has it.
    package func school(uai: String, feed: String) async throws(StoreError) -> SchoolRecord? {
        try await writer.run(.normal) { connection in
            try connection.first(
                """
                SELECT place.key, place.uai, place.name FROM place JOIN feed ON feed.id = place.feed
                WHERE place.kind = 0 AND place.uai = ? AND feed.name = ?
                """,
                uai,
                feed
            ) { SchoolRecord(key: $0.text(0), uai: $0.text(1), name: $0.text(2)) }
        }
    }

    /// The keys of the guardians that the feed has of these pupils; pupils without guardians are left out.
    package func guardianKeys(of pupils: [String], feed: String) async throws(StoreError) -> [String: [String]] {
        try await writer.run(.normal) { connection in
            let row = try connection.first("SELECT id FROM feed WHERE name = ?", feed) { $0.int64(0) }
            guard let row else { return [:] }
            var known: [String: [String]] = [:]
            for pupil in pupils {
                let keys = try connection.all(
                    """
                    SELECT adult.key FROM person CROSS JOIN guardianship CROSS JOIN person adult
                    WHERE guardianship.pupil = person.id AND adult.id = guardianship.record AND adult.feed = person.feed
                        AND person.key = ? AND person.feed = ?
                    """,
                    pupil,
                    row
                ) { $0.text(0) }
                if !keys.isEmpty { known[pupil] = keys }
            }
            return known
        }
    }
}
