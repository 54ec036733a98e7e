internal import CSQLite
package import Database

/// A prepared statement. Belongs to its connection and follows the same one-thread rule.
///
/// `Connection.run/query/first` cover most uses; take the statement itself to bind and run it many times in a loop.
package final class Statement: PreparedStatement {
    let handle: OpaquePointer
    package let sql: String
    /// The connection's handle, for error messages; a statement alive keeps it valid (`sqlite3_close_v2`).
    private let database: OpaquePointer
    /// Private, so that the compiler proves its accesses and checks none at run time: it is asked for after each row.
    private var metNull = false
    /// The first thing that went wrong while binding.
    private var bindingCode = SQLITE_OK

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
        var count = 0
        for binding in repeat each bindings {
            count += 1
            binding.bind(to: self, at: count)
        }
        try finishBinding(count: count)
    }

    /// For lists whose length is known only at run time.
    package func bind(values: [Value]) throws(SQLiteError) {
        for (index, value) in values.enumerated() { value.bind(to: self, at: index + 1) }
        try finishBinding(count: values.count)
    }

    /// Runs to the end, ignoring rows; bound values are let go.
    package func run() throws(SQLiteError) {
        defer { finish() }
        while try step() {}
    }

    /// True while there is a row. For the caller who has to stop in the middle; ends with `finish()`.
    package func step() throws(SQLiteError) -> Bool {
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

    /// Closes the rows and lets bound values go. The code returned by reset is that of the last step, already reported.
    package func finish() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    package var hasMetNull: Bool {
        get { metNull }
        set { metNull = newValue }
    }

    package var nullError: any Error {
        SQLiteError(code: SQLITE_CORRUPT, message: "NULL where the schema has none", sql: sql)
    }
}

// MARK: Parameters

extension Statement {
    package func bindNull(at index: Int) { note(sqlite3_bind_null(handle, Int32(index))) }

    package func bind(integer: Int64, at index: Int) { note(sqlite3_bind_int64(handle, Int32(index), integer)) }

    package func bind(real: Double, at index: Int) { note(sqlite3_bind_double(handle, Int32(index), real)) }

    package func bind(text: UnsafeBufferPointer<UInt8>, at index: Int) {
        text.withMemoryRebound(to: CChar.self) {
            // A null pointer would bind NULL instead of the empty text.
            guard let start = $0.baseAddress else {
                return note(carillon_sqlite_bind_text(handle, Int32(index), "", 0))
            }
            note(carillon_sqlite_bind_text(handle, Int32(index), start, UInt64($0.count)))
        }
    }

    package func bind(blob: UnsafeRawBufferPointer, at index: Int) {
        // A null pointer would bind NULL instead of the empty blob.
        guard let start = blob.baseAddress, blob.count > 0 else {
            return note(sqlite3_bind_zeroblob(handle, Int32(index), 0))
        }
        note(carillon_sqlite_bind_blob(handle, Int32(index), start, UInt64(blob.count)))
    }

    package var parameterCount: Int { Int(sqlite3_bind_parameter_count(handle)) }

    package func finishBinding(count: Int) throws(SQLiteError) {
        let code = bindingCode
        bindingCode = SQLITE_OK
        guard count == parameterCount else {
            throw SQLiteError(code: SQLITE_RANGE, message: "\(count) values for \(parameterCount) parameters", sql: sql)
        }
        guard code == SQLITE_OK else { throw SQLiteError(code, on: database, sql: sql) }
    }

    private func note(_ code: Int32) {
        if code != SQLITE_OK, bindingCode == SQLITE_OK { bindingCode = code }
    }
}

// MARK: The row

extension Statement {
    package func isNull(_ column: Int) -> Bool { sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL }

    package func int64(_ column: Int) -> Int64 { sqlite3_column_int64(handle, Int32(column)) }

    package func text(_ column: Int) -> UnsafeRawBufferPointer {
        bytes(column, sqlite3_column_text(handle, Int32(column)).map { UnsafeRawPointer($0) })
    }

    package func blob(_ column: Int) -> UnsafeRawBufferPointer {
        bytes(column, sqlite3_column_blob(handle, Int32(column)))
    }

    /// `sqlite3_column_bytes` has to be called after the pointer was fetched [sqlite.org/c3ref/column_blob.html].
    private func bytes(_ column: Int, _ start: UnsafeRawPointer?) -> UnsafeRawBufferPointer {
        let count = Int(sqlite3_column_bytes(handle, Int32(column)))
        return UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
    }
}
