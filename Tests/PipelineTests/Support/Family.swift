import SQLite
import Store

extension Workshop {
    /// Pupils with first names and their guardians by user id, who have registered before.
    func family(_ children: KeyValuePairs<String, [String]>) throws {
        try damage("registry.db") { connection in
            for (name, guardians) in children {
                try connection.run("INSERT INTO person(kind, key, first_name) VALUES (1, ?, ?)", "k-" + name, name)
                for guardian in guardians {
                    try connection.run(
                        "UPDATE person SET kind = 2 WHERE id IN (SELECT person FROM account WHERE ent_id = ?)",
                        guardian
                    )
                    try connection.run(
                        """
                        INSERT INTO guardianship(pupil, guardian, record, since)
                        SELECT child.id, account.person, account.person, 0 FROM person AS child, account WHERE child.key = ? AND account.ent_id = ?
                        """,
                        "k-" + name,
                        guardian
                    )
                }
            }
        }
    }
}
