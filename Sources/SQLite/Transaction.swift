internal import CSQLite
package import Database

extension Connection {
    package func begin(_ kind: TransactionKind) throws(SQLiteError) {
        try run(kind == .immediate ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED")
    }

    package func commit() throws(SQLiteError) { try run("COMMIT") }

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
    package func rollBack() {
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

    package var dataVersion: Int64 { get throws { try first("PRAGMA data_version") { $0.int64(0) } ?? 0 } }

    package func lastNumber(of table: String) throws -> Int64 {
        try first("SELECT seq FROM sqlite_sequence WHERE name = ?", table) { $0.int64(0) } ?? 0
    }

    package func setLastNumber(of table: String, to number: Int64) throws {
        try run("DELETE FROM sqlite_sequence WHERE name = ?", table)
        try run("INSERT INTO sqlite_sequence(name, seq) VALUES (?, ?)", table, number)
    }

    /// `integrity_check`: pages, cells, indexes against tables, NOT NULL and CHECK; with a limit `quick_check`, which leaves out the indexes.
    /// Holds one snapshot as long as it takes.
    package func ownFindings(limit: Duration?) throws -> [String]? {
        func lines(_ check: String) throws -> [String] {
            try all("PRAGMA \(check)") { $0.text(0) }.filter { $0 != "ok" }
        }
        do {
            guard let limit else { return try lines("integrity_check(20)") }
            return try withTimeLimit(limit) { try lines("quick_check(5)") }
        } catch SQLiteError.interrupted {
            return nil
        } catch SQLiteError.corrupt(let cause) {
            // So damaged that not even the check can go on.
            return [limit == nil ? cause.description : cause.message]
        }
    }

    /// The steps of the plan (`SEARCH event USING INDEX …`), for tests that hold a hot statement to its index.
    package func queryPlan(_ sql: String) throws -> [String] {
        let explain = try Statement("EXPLAIN QUERY PLAN \(sql)", on: self)
        var steps: [String] = []
        try explain.forEach { steps.append($0.text(3)) }
        return steps
    }
}
