import SQLite
import Store

extension Workshop {
    /// Pupils with first names and their guardians by user id, who have registered before.
    func family(_ children: KeyValuePairs<String, [String]>) throws {
        try damage("registry.db") { connection in
            for (name, guardians) in children {
                try connection.run("INSERT INTO person(kind, key, first_name) VALUES (1, ?, ?)", "k-" + name, name)
                for guardian in guardians {
                    try connection.run("UPDATE person SET kind = 2 WHERE ent_id = ?", guardian)
                    try connection.run(
                        """
                        INSERT INTO guardianship(pupil, guardian, since)
                        SELECT child.id, parent.id, 0 FROM person AS child, person AS parent WHERE child.key = ? AND parent.ent_id = ?
                        """,
                        "k-" + name,
                        guardian
                    )
                }
            }
        }
    }
}
