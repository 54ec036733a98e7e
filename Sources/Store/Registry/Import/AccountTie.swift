import Database
import Domain

/// Which records an account of the ENT is. Its person follows (``RecordUnion``), and devices go where the account that registered them goes, so
/// nobody's phone rings for another's children.
struct AccountTie {
    let connection: any Session
    let moved: MovedDevices

    /// Makes the account one of the record that the feed knows by this key; the record is made when nobody has brought it yet.
    func tie(_ entID: String, feed: Int64, key: String, profile: Int?, locale: String?) throws {
        let account = try connection.first("SELECT id, person FROM account WHERE ent_id = ?", entID) {
            (id: $0.int64(0), person: $0.int64(1))
        }
        let union = RecordUnion(connection: connection, moved: moved)
        var record = try connection.first("SELECT id FROM person WHERE key = ? AND feed = ?", key, feed) { $0.int64(0) }
        if record == nil, let account, try union.records(of: account.id).isEmpty {
            // So far only the ENT knew this person: the row becomes the feed's.
            try connection.run("UPDATE person SET key = ?, feed = ? WHERE id = ?", key, feed, account.person)
            record = account.person
        }
        let owner =
            try record
            ?? connection.insert("INSERT INTO person(kind, key, feed) VALUES (0, ?, ?) RETURNING id", key, feed)
        let id =
            try account?.id
            ?? connection.insert("INSERT INTO account(ent_id, person) VALUES (?, ?) RETURNING id", entID, owner)
        try connection.run(
            "UPDATE account SET profile = coalesce(?, profile), locale = coalesce(?, locale) WHERE id = ?",
            profile,
            locale,
            id
        )
        try union.join(id, to: owner)
    }

    /// The account is nobody's of the directory any more; it keeps its devices.
    func part(_ entID: String) throws {
        let account = try connection.first("SELECT id FROM account WHERE ent_id = ?", entID) { $0.int64(0) }
        guard let account else { return }
        try RecordUnion(connection: connection, moved: moved).leave(account)
    }
}
