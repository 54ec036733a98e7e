import Database
import Domain

/// Which person an account of the ENT is. One person may have several accounts, an account one person.
///
/// Devices belong to the account that registered them, so they go where it goes, and nobody's phone rings for another's children.
struct AccountTie {
    let connection: any Session

    /// Makes the account one of the person whom the feed knows by this key; the person is made when nobody has brought him or her yet.
    func tie(_ entID: String, feed: Int64, key: String, profile: Int?, locale: String?) throws {
        let account = try connection.first(
            "SELECT account.id, person.id, person.key FROM account JOIN person ON person.id = account.person WHERE ent_id = ?",
            entID
        ) { (id: $0.int64(0), person: $0.int64(1), key: $0.textOrNil(2)) }
        var person = try connection.first("SELECT id FROM person WHERE key = ? AND feed = ?", key, feed) { $0.int64(0) }
        if person == nil, let account, account.key == nil {
            // So far only the ENT knew this person: the row becomes the feed's.
            try connection.run("UPDATE person SET key = ?, feed = ? WHERE id = ?", key, feed, account.person)
            person = account.person
        }
        let owner =
            try person
            ?? connection.insert("INSERT INTO person(kind, key, feed) VALUES (0, ?, ?) RETURNING id", key, feed)
        if let account {
            if account.person != owner { try move(account.id, to: owner) }
            try connection.run(
                "UPDATE account SET profile = coalesce(?, profile), locale = coalesce(?, locale) WHERE id = ?",
                profile,
                locale,
                account.id
            )
        } else {
            try connection.run(
                "INSERT INTO account(ent_id, person, profile, locale) VALUES (?, ?, ?, ?)",
                entID,
                owner,
                profile,
                locale
            )
        }
    }

    /// The account is nobody's of the directory any more; it keeps its devices.
    func part(_ entID: String) throws {
        let account = try connection.first(
            "SELECT account.id FROM account JOIN person ON person.id = account.person WHERE ent_id = ? AND person.key IS NOT NULL",
            entID
        ) { $0.int64(0) }
        guard let account else { return }
        try move(account, to: connection.insert("INSERT INTO person(kind, key) VALUES (0, NULL) RETURNING id"))
    }

    private func move(_ account: Int64, to person: Int64) throws {
        // Whoever's data is restricted, it stays so for the account, whosever it is now.
        try connection.run(
            """
            INSERT INTO restriction(person, at) SELECT ?1, at FROM restriction
            WHERE person = (SELECT person FROM account WHERE id = ?2) ON CONFLICT(person) DO NOTHING
            """,
            person,
            account
        )
        try connection.run("UPDATE account SET person = ? WHERE id = ?", person, account)
        try connection.run("UPDATE device SET owner = ? WHERE account = ?", person, account)
    }
}
