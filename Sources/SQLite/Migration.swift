import Database

/// One step of the schema. Steps are append-only: a released step never changes, its number is its place.
package struct Migration: Sendable {
    /// From 1, without gaps; stored in `user_version` by the same transaction.
    package let number: Int
    package let apply: @Sendable (Connection) throws -> Void

    package init(_ number: Int, _ apply: @escaping @Sendable (Connection) throws -> Void) {
        self.number = number
        self.apply = apply
    }
}

extension Connection {
    /// The number of the last migration applied; 0 for a new file.
    package var schemaVersion: Int {
        get throws { try first("PRAGMA user_version") { $0.int(0) } ?? 0 }
    }

    /// Applies the steps the file has not seen, each in its own transaction.
    ///
    /// - Throws: `newerSchema` when the file knows more steps than `migrations`; what a step met, and the file then stands
    ///   at the step before.
    package func migrate(_ migrations: [Migration]) throws {
        for (index, migration) in migrations.enumerated() {
            precondition(migration.number == index + 1, "Migrations are numbered from 1 without gaps.")
        }
        let version = try schemaVersion
        guard version <= migrations.count else {
            throw SQLiteError.newerSchema(found: version, known: migrations.count)
        }
        for migration in migrations.dropFirst(version) {
            try transaction(.immediate) { connection in
                try migration.apply(connection)
                CrashPoint.reach(.migration)
                try connection.execute("PRAGMA user_version = \(migration.number)")
            }
            CrashPoint.reach(.afterMigration)
        }
    }
}
