internal import CSQLite

/// A prepared statement. Belongs to its connection and follows the same one-thread rule.
///
/// `Connection.run/query/first` cover most uses; take the statement itself to bind and run it many times in a loop.
package final class Statement {
    let handle: OpaquePointer
    package let sql: String
    /// The connection's handle, for error messages; a statement alive keeps it valid (`sqlite3_close_v2`).
    private let database: OpaquePointer
    /// Set by ``Row``.
    var hasMetNull = false

    init(_ sql: String, on connection: Connection) throws(SQLiteError) {
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v3(connection.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK else { throw SQLiteError(code, on: connection.handle, sql: sql) }
        guard let prepared else {
            throw SQLiteError(code: SQLITE_MISUSE, message: "empty statement", sql: sql)
        }
        handle = prepared
        self.sql = sql
        database = connection.handle
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// Being stepped: rows are open.
    var isBusy: Bool { sqlite3_stmt_busy(handle) != 0 }

    /// Binds all parameters by position, from 1 in SQL, from the first here.
    package func bind<each B: Bindable>(_ bindings: repeat each B) throws(SQLiteError) {
        var index: Int32 = 0
        var code = SQLITE_OK
        for binding in repeat each bindings {
            index += 1
            let result = binding.bind(to: handle, at: index)
            if result != SQLITE_OK { code = result }
        }
        guard code == SQLITE_OK else { throw SQLiteError(code, on: database, sql: sql) }
        try checkCount(Int(index))
    }

    /// As `bind`, for lists whose length is known only at run time.
    package func bind(values: [Value]) throws(SQLiteError) {
        for (index, value) in values.enumerated() {
            let code = value.bind(to: handle, at: Int32(index + 1))
            guard code == SQLITE_OK else { throw SQLiteError(code, on: database, sql: sql) }
        }
        try checkCount(values.count)
    }

    /// Binds integers from the first parameter on; the parameters behind the last of them are NULL.
    package func bind(integers: some Collection<Int64>) throws(SQLiteError) {
        var index: Int32 = 0
        for value in integers {
            index += 1
            let code = sqlite3_bind_int64(handle, index, value)
            guard code == SQLITE_OK else { throw SQLiteError(code, on: database, sql: sql) }
        }
        for empty in index..<sqlite3_bind_parameter_count(handle) { sqlite3_bind_null(handle, empty + 1) }
    }

    /// Runs to the end, ignoring rows; bound values are let go.
    package func run() throws(SQLiteError) {
        defer { finish() }
        while try step() {}
    }

    package func forEach(_ body: (borrowing Row) throws -> Void) throws {
        defer { finish() }
        while try step() {
            try body(Row(self))
            try refuseNull()
        }
    }

    /// The first row; the rest is not computed.
    package func first<T>(_ body: (borrowing Row) throws -> T) throws -> T? {
        defer { finish() }
        guard try step() else { return nil }
        let result = try body(Row(self))
        try refuseNull()
        return result
    }

    /// True while there is a row. For the caller who has to stop in the middle; ends with `finish()`.
    package func step() throws(SQLiteError) -> Bool {
        try refuseNull()
        let code = sqlite3_step(handle)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            let error = SQLiteError(code, on: database, sql: sql)
            finish()
            throw error
        }
    }

    /// The row `step()` stands on.
    package var row: Row { Row(self) }

    /// Closes the rows and lets bound values go. The code returned by reset is that of the last step, already reported.
    package func finish() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    /// A row read before held NULL where a plain reader expected a value.
    private func refuseNull() throws(SQLiteError) {
        guard hasMetNull else { return }
        hasMetNull = false
        finish()
        throw SQLiteError(code: SQLITE_CORRUPT, message: "NULL where the schema has none", sql: sql)
    }

    private func checkCount(_ count: Int) throws(SQLiteError) {
        let expected = Int(sqlite3_bind_parameter_count(handle))
        guard count == expected else {
            throw SQLiteError(code: SQLITE_RANGE, message: "\(count) values for \(expected) parameters", sql: sql)
        }
    }
}
