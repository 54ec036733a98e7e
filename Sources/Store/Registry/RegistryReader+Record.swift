import Database
import Domain

extension RegistryReader {
    /// What the registry has of a person who asks for it.
    package func record(of person: StoredPerson) throws -> PersonalRecord {
        var record = PersonalRecord(entry: try entry(of: person))
        try connection.query("SELECT last_name, first_name FROM person WHERE id = ?", person.id.rawValue) { row in
            record.lastName = row.text(0)
            record.firstName = row.text(1)
        }
        record.restrictedSince = try restriction(of: person.id)
        record.devices = try devices(ofOwner: person.id)
        record.choices = try accounts(of: person.id).compactMap { account in
            let stored = try wishes(ofAccount: account)
            return stored.version > 0 ? PersonalRecord.Choices(account: account, wishes: stored.wishes) : nil
        }
        return record
    }

    /// Index device_owner.
    private func devices(ofOwner person: PersonID) throws -> [PersonalRecord.Device] {
        try connection.all(
            """
            SELECT installation, app, platform, locale, timezone, app_version, tail, state, registered_at, last_seen_at, id
            FROM device WHERE owner = ? ORDER BY id
            """,
            person.rawValue
        ) { row in
            PersonalRecord.Device(
                installation: row.text(0),
                app: row.text(1),
                platform: row.text(2),
                locale: row.textOrNil(3),
                timezone: row.textOrNil(4),
                appVersion: row.textOrNil(5),
                tokenTail: row.text(6),
                state: DeviceState(rawValue: row.int(7)),
                registeredAt: Instant(milliseconds: row.int64(8)),
                lastSeenAt: Instant(milliseconds: row.int64(9)),
                history: try history(of: DeviceID(rawValue: row.int64(10)))
            )
        }
    }
}
