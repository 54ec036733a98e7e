import Database
import Domain

/// What a person has to see of an export beside its numbers.
extension DirectoryDiff {
    /// Accounts that leave another feed's record, since the two cannot be one person: their devices stop ringing for that one's children, so
    /// a person has to see it.
    func movedAccounts() throws -> [ImportWarning] {
        let union = RecordUnion(connection: connection, moved: nil)
        var warnings: [ImportWarning] = []
        try connection.query(
            """
            SELECT stage.file, stage.line, stage.ent_id, stage.key, stage.feed, account.id, feed.id, coalesce(staged.kind, person.kind, 0), person.id
            FROM stage_user stage CROSS JOIN account
            LEFT JOIN feed ON feed.name = stage.feed LEFT JOIN person ON person.key = stage.key AND person.feed = feed.id
            LEFT JOIN stage_person staged ON staged.key = stage.key AND feed.id = ?1
            WHERE account.ent_id = stage.ent_id AND stage.is_removed = 0 AND EXISTS (
                SELECT 1 FROM account_record tie JOIN person other ON other.id = tie.record
                WHERE tie.account = account.id AND other.feed IS DISTINCT FROM feed.id)
            ORDER BY stage.line, stage.ent_id LIMIT 100000
            """,
            feed
        ) { row in
            let record = RecordUnion.Record(id: row.int64OrNil(8) ?? 0, kind: row.int(7), feed: row.int64OrNil(6) ?? 0)
            for left in try union.left(by: row.int64(5), joining: record)
            where left.feed != record.feed && left.kind != 0 {
                let names = try connection.first(
                    "SELECT person.key, feed.name FROM person JOIN feed ON feed.id = person.feed WHERE person.id = ?",
                    left.id
                ) { ($0.text(0).showingInvisible, $0.text(1)) }
                guard let (before, feed) = names else { continue }
                let after = row.text(3).showingInvisible
                warnings.append(
                    ImportWarning(
                        file: row.textOrNil(0) ?? "",
                        line: row.intOrNil(1) ?? 0,
                        record: row.text(2),
                        code: "accountMoves",
                        detail:
                            "The account of \(before) in feed \(feed) becomes that of \(after) in feed \(row.text(4)); its devices do not ring for the former any more. Only guardians of different feeds are one person."
                    )
                )
            }
        }
        return warnings
    }

    /// Guardians that pupils name and nobody has a record of: no guardian, and a warning each.
    func missingGuardians() throws -> [ImportWarning] {
        try connection.all(
            """
            SELECT link.pupil, link.guardian, coalesce(link.file, pupil.file, scope.file), coalesce(link.line, pupil.line, scope.line)
            FROM stage_link link JOIN stage_person pupil ON pupil.key = link.pupil AND pupil.kind = 1
            LEFT JOIN stage_scope scope ON scope.kind = 3 AND scope.key = pupil.key AND scope.school = ''
            WHERE NOT EXISTS (SELECT 1 FROM stage_person adult WHERE adult.key = link.guardian AND adult.kind = 2)
            ORDER BY link.pupil, link.guardian LIMIT 100000
            """
        ) { row in
            ImportWarning(
                file: row.textOrNil(2) ?? "",
                line: row.intOrNil(3) ?? 0,
                record: row.text(0),
                code: "guardianMissing",
                detail: "The pupil names the guardian \(row.text(1).showingInvisible), who has no record."
            )
        }
    }
}
