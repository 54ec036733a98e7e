internal import CSQLite

package enum TransactionKind: Sendable {
    /// A consistent view for readers; takes no lock before its first read.
    case deferred
    /// Takes the write lock at once.
    case immediate
}

extension Connection {
    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    package func transaction<T>(_ kind: TransactionKind, _ body: (Connection) throws -> T) throws -> T {
        try run(kind == .immediate ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED")
        do {
            let result = try body(self)
            try run("COMMIT")
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    /// Runs `body` in a savepoint of the open transaction: when it throws, only its own changes go.
    ///
    /// After a full disk or an I/O error SQLite may have rolled back the whole transaction; see `isInTransaction`.
    package func savepoint<T>(_ body: (Connection) throws -> T) throws -> T {
        try run("SAVEPOINT nested")
        do {
            let result = try body(self)
            try run("RELEASE nested")
            return result
        } catch {
            if isInTransaction {
                try run("ROLLBACK TO nested")
                try run("RELEASE nested")
            }
            throw error
        }
    }

    /// Rolls back what is open, if anything. Its own failure adds nothing to the error that led here, and
    /// `isInTransaction` tells it.
    func rollBack() {
        if isInTransaction { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
    }

    /// Writes a compact copy of the database to a new file, from one snapshot. Not inside a transaction.
    ///
    /// The copy is not fsynced; whoever relies on it does that.
    ///
    /// - Throws: `other` when the file exists already.
    package func backUp(to path: String) throws(SQLiteError) {
        // A reader's query_only refuses VACUUM of any kind; the file itself stays mode=ro.
        let isReader = sqlite3_db_readonly(handle, "main") == 1
        if isReader { try execute("PRAGMA query_only = OFF") }
        do throws(SQLiteError) {
            try run("VACUUM INTO ?", path)
        } catch {
            if isReader { try execute("PRAGMA query_only = ON") }
            throw error
        }
        if isReader { try execute("PRAGMA query_only = ON") }
    }

    /// Makes of a copy a file that goes on where the original may have gone on, too: every AUTOINCREMENT number jumps ahead, so that the copy
    /// never gives a number that the original gave after the copy was made.
    ///
    /// `chained`: a table whose rows follow each other without a gap and whose numbers nobody outside knows; it goes on as it is.
    package func leapAhead(by numbers: Int64, except chained: String) throws(SQLiteError) {
        try run("UPDATE sqlite_sequence SET seq = seq + ? WHERE name <> ?", numbers, chained)
    }

    /// The steps of the plan (`SEARCH event USING INDEX …`), for tests that hold a hot statement to its index.
    package func queryPlan(_ sql: String) throws -> [String] {
        let explain = try Statement("EXPLAIN QUERY PLAN \(sql)", on: self)
        var steps: [String] = []
        try explain.forEach { steps.append($0.text(3)) }
        return steps
    }
}
