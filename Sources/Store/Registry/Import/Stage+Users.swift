import Database
import Domain

/// Accounts of the ENT.
extension Stage {
    mutating func put(_ user: UserRecord, _ change: DirectoryChange) throws {
        let hash = Self.hash(user)
        let before = try connection.first("SELECT hash, file, line FROM stage_user WHERE ent_id = ?", user.id) {
            ($0.int64OrNil(0), $0.textOrNil(1) ?? "", $0.intOrNil(2) ?? 0)
        }
        if let before, let first = before.0, first != hash {
            try noteTwice(.user, user.id, first: (before.1, before.2), change)
        }
        try connection.run(
            """
            INSERT INTO stage_user(ent_id, feed, key, profile, locale, is_removed, hash, file, line)
            VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?)
            ON CONFLICT(ent_id) DO UPDATE SET feed = excluded.feed, key = excluded.key, profile = excluded.profile,
                locale = excluded.locale, is_removed = 0, hash = excluded.hash, file = excluded.file, line = excluded.line
            """,
            user.id,
            user.feed ?? name,
            user.externalKey,
            user.profile.map { Int($0.rawValue) },
            user.locale,
            hash,
            change.file,
            change.line
        )
    }
}
