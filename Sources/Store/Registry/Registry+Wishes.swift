import Database
package import Domain

extension Registry {
    /// Changes the wishes of an account in one transaction with the look at what they were, so that two apps do not undo one another;
    /// on disk when this returns.
    ///
    /// - Returns: what they are now, or why `change` refused; then nothing was changed.
    package func changeWishes<Refusal: Error>(
        of user: String,
        now: Instant,
        _ change: @escaping @Sendable (StoredWishes) throws(Refusal) -> StoredWishes
    ) async throws(StoreError) -> Result<StoredWishes, Refusal> {
        let changed = try await writer.run(.full) { connection -> Result<StoredWishes, Refusal> in
            let before = try Self.wishes(of: user, connection)
            var after: StoredWishes
            do throws(Refusal) { after = try change(before) } catch { return .failure(error) }
            after.version = before.version + 1
            try Self.write(after, of: user, now: now, connection)
            return .success(after)
        }
        if case .success = changed { wishChanges.note() }
        return changed
    }

    /// What the ENT knows of wishes; a person it says nothing of keeps his or hers, and so does a kind. nil removes all.
    package func importWishes(
        _ records: [(user: String, record: PreferencesRecord?)],
        now: Instant,
        dryRun: Bool,
        origin: ImportOrigin
    ) async throws(StoreError) -> ImportReport {
        let report = try await writer.run(.full) { connection in
            var report = ImportReport(state: dryRun ? .planned : .applied, warnings: [], warningsTotal: 0)
            for (user, record) in records {
                let before = try Self.wishes(of: user, connection)
                guard let record else {
                    guard before.version > 0 else { continue }
                    report.diff.users.removed += 1
                    if !dryRun { try connection.run(RegistrySQL.deletePreference.rawValue, user) }
                    continue
                }
                var after = before
                for choice in record.choices?.choices ?? [] { after.wishes.set(choice.kind, push: choice.push) }
                if let language = record.language.flatMap(Wishes.locale) { after.wishes.locale = language }
                guard after != before else { continue }
                if before.version == 0 { report.diff.users.added += 1 } else { report.diff.users.changed += 1 }
                after.version = before.version + 1
                if !dryRun { try Self.write(after, of: user, now: now, connection) }
            }
            report.feed = origin.feed
            report.id = try Self.newImport(origin, now: now, connection)
            try Self.keep(report, connection)
            return report
        }
        if !dryRun { wishChanges.note() }
        return report
    }

    /// A document that cannot be read is none: the person chooses anew.
    private static func wishes(of user: String, _ connection: any Session) throws -> StoredWishes {
        try connection.first(RegistrySQL.preference.rawValue, user, row: RegistryReader.storedWishes)?.value
            ?? StoredWishes()
    }

    private static func write(_ stored: StoredWishes, of user: String, now: Instant, _ connection: any Session) throws {
        try connection.run(
            RegistrySQL.keepPreference.rawValue,
            user,
            JSONWriter.text(.object(stored.wishes.document)),
            stored.timeline,
            stored.wishes.locale,
            stored.version,
            now.milliseconds
        )
    }
}

extension RegistryReader {
    /// Nothing chosen when the store has nothing of the account, or nothing that can be read.
    package func wishes(ofAccount user: String) throws -> StoredWishes {
        let found = try connection.first(RegistrySQL.preference.rawValue, user, row: Self.storedWishes)
        if let failure = found?.failure { unreadable.note(failure) }
        return found?.value ?? StoredWishes()
    }

    /// What these persons have chosen by any of their accounts, the last word first; who has chosen nothing is not in the answer.
    package func wishes(of persons: some Collection<PersonID>) throws -> [PersonID: Wishes] {
        var found: [PersonID: (changed: Int64, wishes: Wishes)] = [:]
        try connection.query(RegistryKeyedSQL.preferences, keys: persons.map(\.rawValue)) { row in
            let person = PersonID(rawValue: row.int64(0))
            let changed = row.int64(2)
            switch try row.result(.preference, row.int64(1), { try Self.wishes($0.text(3)) }) {
            case .success(let wishes):
                if changed >= found[person]?.changed ?? .min { found[person] = (changed, wishes) }
            case .failure(let row): unreadable.note(row)
            }
        }
        return found.mapValues(\.wishes)
    }

    static func storedWishes(_ row: borrowing Row) throws -> RowResult<StoredWishes> {
        try row.result(.preference, row.int64(0)) { row in
            StoredWishes(wishes: try wishes(row.text(1)), timeline: row.textOrNil(2), version: row.int64(3))
        }
    }

    /// Zones were checked when the wishes came: one that the database has lost since counts as Paris.
    private static func wishes(_ text: String) throws -> Wishes {
        let document = try JSONParser.parse(text)
        var reader = WishesReader { _ in true }
        do throws(WishesReader.DocumentError) { return try reader.read(document) } catch {
            throw StoreError.damaged("a preference")
        }
    }
}
