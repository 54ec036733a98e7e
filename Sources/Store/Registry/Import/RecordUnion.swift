import Database
import Domain

/// Which records of the directory are one person: those that the ENT says one account is, at most one of each feed, and guardians only.
///
/// `account_record` is what the ENT said. All else follows from it and from the kinds of the records: one row stands for the person
/// (`same_as` of the others), has the accounts and their devices, and is the guardian of every pupil who names one of the records.
struct RecordUnion {
    let connection: any Session
    /// nil: nothing is changed here.
    let moved: MovedDevices?

    struct Record: Hashable {
        var id: Int64
        var kind: Int
        var feed: Int64
        /// The row that stood for it.
        var sameAs: Int64?

        var isGuardian: Bool { kind == PersonKind.guardian.rawValue }
        /// A guardian, or nobody the feed has (yet, or any more).
        var canBeGuardian: Bool { isGuardian || kind == PersonKind.unknown.rawValue }
    }

    /// A pupil is never one with anybody, nor is staff; and who has two records in one feed is two persons there.
    static func canBeOne(_ records: Set<Record>) -> Bool {
        records.count < 2
            || (records.allSatisfy(\.canBeGuardian) && Set(records.map(\.feed)).count == records.count)
    }

    /// Which record stands for the person: a guardian, the one that did before, the oldest.
    static func standing(of records: some Collection<Record>) -> Record? {
        records.min { first, second in
            if first.isGuardian != second.isGuardian { return first.isGuardian }
            if (first.sameAs == nil) != (second.sameAs == nil) { return first.sameAs == nil }
            return first.id < second.id
        }
    }

    /// The records that the ENT said the account is.
    func records(of account: Int64) throws -> [Record] {
        try connection.all(
            """
            SELECT person.id, kind, feed, same_as FROM account_record tie CROSS JOIN person
            WHERE person.id = tie.record AND tie.account = ? ORDER BY person.id
            """,
            account,
            row: Self.record
        )
    }

    /// The record and all that accounts make one with it. `account`: what this one says is left out.
    func group(of record: Int64, without account: Int64 = 0) throws -> Set<Record> {
        Set(
            try connection.all(
                """
                WITH RECURSIVE met(record) AS (
                    VALUES (?1) UNION SELECT other.record FROM met
                    CROSS JOIN account_record own CROSS JOIN account_record other
                    WHERE own.record = met.record AND own.account <> ?2 AND other.account = own.account)
                SELECT person.id, kind, feed, same_as FROM met CROSS JOIN person WHERE person.id = met.record
                """,
                record,
                account,
                row: Self.record
            )
        )
    }

    private static func record(_ row: borrowing Row) -> Record {
        Record(id: row.int64(0), kind: row.int(1), feed: row.int64(2), sameAs: row.int64OrNil(3))
    }

    /// Which records the account leaves when it becomes one of `record`: that of the same feed, which was a slip, and all when they cannot be one
    /// person.
    func left(by account: Int64, joining record: Record) throws -> [Record] {
        let records = try records(of: account)
        guard !records.contains(where: { $0.id == record.id }) else { return [] }
        var all = try group(of: record.id, without: account).filter { $0.id != record.id }.union([record])
        for other in records where other.feed != record.feed {
            all.formUnion(try group(of: other.id, without: account))
        }
        return Self.canBeOne(all) ? records.filter { $0.feed == record.feed } : records
    }

    func join(_ account: Int64, to record: Int64) throws {
        let joined = try connection.first(
            "SELECT id, kind, feed, same_as FROM person WHERE id = ?",
            record,
            row: Self.record
        )
        guard let joined else { return }
        let left = try left(by: account, joining: joined)
        for other in left { try untie(account, other.id) }
        try connection.run(
            "INSERT INTO account_record(account, record) VALUES (?, ?) ON CONFLICT DO NOTHING",
            account,
            record
        )
        try settle(record)
        for other in left { try settle(other.id) }
    }

    /// The account is a person of its own, whom no feed knows.
    func leave(_ account: Int64) throws {
        let records = try records(of: account)
        guard !records.isEmpty else { return }
        for record in records { try untie(account, record.id) }
        let person = try connection.insert("INSERT INTO person(kind, key) VALUES (0, NULL) RETURNING id")
        try give(account, to: person)
        for record in records { try settle(record.id) }
    }

    /// Whether the record is one person with another.
    func isShared(_ record: Int64) throws -> Bool {
        try connection.first(
            "SELECT 1 FROM person WHERE id = ?1 AND same_as IS NOT NULL UNION ALL SELECT 1 FROM person WHERE same_as = ?1 LIMIT 1",
            record,
            row: { _ in true }
        ) ?? false
    }

    /// Makes what follows true again, after accounts or the kind of a record have changed.
    func settle(_ record: Int64) throws {
        let group = try group(of: record)
        if group.count > 1, let odd = group.first(where: { !$0.canBeGuardian }) {
            // Nobody knew who it would be when the ENT spoke.
            try connection.run(
                """
                DELETE FROM account_record WHERE record = ?1 AND EXISTS (
                    SELECT 1 FROM account_record other WHERE other.account = account_record.account AND other.record <> ?1)
                """,
                odd.id
            )
            for other in group { try settle(other.id) }
            return
        }
        guard let standing = Self.standing(of: group) else { return }
        for member in group.sorted(by: { $0.id < $1.id }) {
            try restrict(standing.id, as: member.sameAs ?? member.id)
            let same = member.id == standing.id ? nil : standing.id
            if same != member.sameAs {
                try connection.run("UPDATE person SET same_as = ? WHERE id = ?", same, member.id)
            }
            try link(member.id, to: member.isGuardian ? standing.id : member.id)
            let accounts = try connection.all(
                """
                SELECT tie.account FROM account_record tie CROSS JOIN account
                WHERE account.id = tie.account AND account.person <> ?1 AND tie.record = ?2
                """,
                standing.id,
                member.id
            ) { $0.int64(0) }
            for account in accounts { try give(account, to: standing.id) }
        }
    }

    private func untie(_ account: Int64, _ record: Int64) throws {
        try connection.run("DELETE FROM account_record WHERE record = ? AND account = ?", record, account)
    }

    private func give(_ account: Int64, to person: Int64) throws {
        let before = try connection.first("SELECT person FROM account WHERE id = ?", account) { $0.int64(0) }
        try restrict(person, as: before ?? person)
        try connection.run("UPDATE account SET person = ? WHERE id = ?", person, account)
        let devices = try connection.all(
            "UPDATE device SET owner = ?1 WHERE account = ?2 AND owner <> ?1 RETURNING id",
            person,
            account
        ) { DeviceID(rawValue: $0.int64(0)) }
        moved?.add(devices)
    }

    /// Whoever's data is restricted, it stays so for record and account, whosever they are now.
    private func restrict(_ person: Int64, as other: Int64) throws {
        guard person != other else { return }
        try connection.run(
            "INSERT INTO restriction(person, at) SELECT ?1, at FROM restriction WHERE person = ?2 ON CONFLICT(person) DO NOTHING",
            person,
            other
        )
    }

    /// Rows come and go, none is changed: what is kept beside them follows.
    private func link(_ record: Int64, to guardian: Int64) throws {
        try connection.run(
            """
            INSERT INTO guardianship(pupil, guardian, record, raw, since, import)
            SELECT pupil, ?1, record, raw, since, import FROM guardianship WHERE record = ?2 AND guardian <> ?1
            """,
            guardian,
            record
        )
        guard connection.changes > 0 else { return }
        try connection.run("DELETE FROM guardianship WHERE record = ? AND guardian <> ?", record, guardian)
    }
}
