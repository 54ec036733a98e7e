import Database
package import Domain

/// What the registry forgot of a person.
package struct ErasedPerson: Hashable, Sendable {
    package var accounts = 0
    package var devices = 0
    /// Places and relations of the directory.
    package var links = 0

    package init() {}
}

extension Registry {
    /// Nothing of the person is left but a number that nothing leads to: events that concerned him or her still add up.
    ///
    /// Goes: names, key, accounts, devices with their history, choices, places, relations, and the key in what imports said and changed.
    /// The directory's next export brings the person back as a new one when the school still has him or her.
    package func erase(_ person: StoredPerson) async throws(StoreError) -> ErasedPerson {
        let (erased, devices) = try await writer.run(.full) { connection in
            try connection.overwritingDeleted {
                try Self.mark(connection)
                try DirectoryNumber.advance(connection)
                return try Self.erase(person, connection)
            }
        }
        await deviceChanges.tell(devices)
        wishChanges.note()
        return erased
    }

    private static func erase(
        _ person: StoredPerson,
        _ connection: any Session
    ) throws -> (ErasedPerson, [DeviceID]) {
        let id = person.id.rawValue
        var erased = ErasedPerson()
        let accounts = try connection.all(RegistrySQL.accountsOfPerson.rawValue, id) { $0.text(0) }
        let devices = try connection.all("SELECT id FROM device WHERE owner = ?", id) { $0.int64(0) }
        for device in devices {
            try connection.run("DELETE FROM device_history WHERE device = ?", device)
            try connection.run("DELETE FROM held_fault WHERE device = ?", device)
            try connection.run(RegistrySQL.deleteDevice.rawValue, device)
        }
        let names = try names(of: person.id, accounts, connection)
        for account in accounts { try connection.run(RegistrySQL.deletePreference.rawValue, account) }
        let records = "SELECT id FROM person WHERE id = ?1 OR same_as = ?1"
        try connection.run(
            """
            DELETE FROM account_record WHERE record IN (\(records))
                OR account IN (SELECT id FROM account WHERE account.person = ?1)
            """,
            id
        )
        try connection.run("DELETE FROM account WHERE person = ?", id)
        erased.accounts = connection.changes
        for statement in [
            "DELETE FROM membership WHERE person = ?1", "DELETE FROM guardianship WHERE pupil = ?1",
            "DELETE FROM guardianship WHERE record IN (\(records))",
        ] {
            try connection.run(statement, id)
            erased.links += connection.changes
        }
        try connection.run("DELETE FROM restriction WHERE person = ?", id)
        for name in names { try connection.run("DELETE FROM import_change WHERE key = ?1 OR other = ?1", name) }
        try forget(names, inReports: connection)
        try connection.run(
            """
            UPDATE person SET kind = 0, feed = 0, key = NULL, last_name = '', first_name = '', import = NULL, same_as = NULL
            WHERE id = ?1 OR same_as = ?1
            """,
            id
        )
        erased.devices = devices.count
        return (erased, devices.map { DeviceID(rawValue: $0) })
    }

    /// A key that another feed gives to somebody else is not a name of this person alone; it stays where nobody can tell who is meant.
    private static func names(of person: PersonID, _ accounts: [String], _ connection: any Session) throws -> [String] {
        try accounts
            + connection.all(
                """
                SELECT key FROM person record WHERE (id = ?1 OR same_as = ?1) AND key IS NOT NULL AND NOT EXISTS (
                    SELECT 1 FROM person other WHERE other.key = record.key AND other.id <> ?1 AND other.same_as IS DISTINCT FROM ?1)
                """,
                person.rawValue
            ) { $0.text(0) }
    }

    private static func forget(_ names: [String], inReports connection: any Session) throws {
        for name in names {
            let reports = try connection.all("SELECT id, report FROM import WHERE instr(report, ?) > 0", name) {
                (id: $0.int64(0), text: $0.text(1))
            }
            for report in reports {
                let forgetting = StoredJSON.erasing(report.text) { $0.holdsWord(name) }
                try connection.run("UPDATE import SET report = ? WHERE id = ?", forgetting, report.id)
            }
        }
    }

    /// The person's data is kept and used for nothing, or may be used again. On disk when this returns.
    ///
    /// - Returns: whether that changed anything.
    package func restrict(
        _ person: PersonID,
        _ isRestricted: Bool,
        now: Instant
    ) async throws(StoreError) -> Bool {
        let (changed, devices) = try await writer.run(.full) { connection in
            let id = person.rawValue
            if isRestricted {
                try connection.run(
                    "INSERT INTO restriction(person, at) VALUES (?, ?) ON CONFLICT(person) DO NOTHING",
                    id,
                    now.milliseconds
                )
            } else {
                try connection.run("DELETE FROM restriction WHERE person = ?", id)
            }
            let changed = connection.changes > 0
            return (changed, try connection.all("SELECT id FROM device WHERE owner = ?", id) { $0.int64(0) })
        }
        await deviceChanges.tell(devices.map { DeviceID(rawValue: $0) })
        wishChanges.note()
        return changed
    }
}

extension RegistryReader {
    /// Since when the person's data is restricted; nil when it is not.
    package func restriction(of person: PersonID) throws -> Instant? {
        try connection.first("SELECT at FROM restriction WHERE person = ?", person.rawValue) {
            Instant(milliseconds: $0.int64(0))
        }
    }

    /// What events may call a person: the ENT's ids and the feeds' keys, unless another feed gives that key to somebody else.
    package func names(of person: StoredPerson) throws -> [String] {
        try accounts(of: person.id)
            + records(of: person.id).map(\.key).filter { try persons(named: $0).count <= 1 }
    }
}
