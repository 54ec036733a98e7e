internal import CSQLite

/// NULL in a column whose reader expects a value; thrown by ``Row/checked(_:)``.
package struct NullInRow: Error {
    package init() {}
}

/// The row a statement stands on; gone with the next step, hence not copyable.
///
/// Columns count from 0. NULL in a plain reader, which a NOT NULL column of a sound file never holds, reads as zero or empty, and the
/// statement then throws `corrupt`: a damaged file ends in a sentence, not in a trap at each start. Columns that may be NULL are read
/// with the `…OrNil` forms.
package struct Row: ~Copyable {
    private let statement: OpaquePointer
    /// Outlives its rows; not retained, because rows are made by the million.
    private unowned(unsafe) let owner: Statement

    init(_ owner: Statement) {
        statement = owner.handle
        self.owner = owner
    }

    package var columnCount: Int { Int(sqlite3_column_count(statement)) }

    package func name(_ column: Int) -> String {
        sqlite3_column_name(statement, Int32(column)).map { String(cString: $0) } ?? ""
    }

    package func isNull(_ column: Int) -> Bool {
        sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL
    }

    package func int64(_ column: Int) -> Int64 {
        refuseNull(column)
        return sqlite3_column_int64(statement, Int32(column))
    }

    package func int(_ column: Int) -> Int {
        Int(int64(column))
    }

    /// Zero is false, anything else true.
    package func bool(_ column: Int) -> Bool {
        int64(column) != 0
    }

    package func double(_ column: Int) -> Double {
        refuseNull(column)
        return sqlite3_column_double(statement, Int32(column))
    }

    /// Invalid UTF-8 is repaired with U+FFFD.
    package func text(_ column: Int) -> String {
        refuseNull(column)
        return withBytes(column, sqlite3_column_text(statement, Int32(column)).map { UnsafeRawPointer($0) }) {
            String(decoding: $0, as: UTF8.self)
        }
    }

    package func blob(_ column: Int) -> [UInt8] {
        withBlob(column) { [UInt8]($0) }
    }

    /// The blob's bytes in SQLite's own memory: valid only inside `body`, no copy.
    package func withBlob<T>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        refuseNull(column)
        return try withBytes(column, sqlite3_column_blob(statement, Int32(column)), body)
    }

    package func int64OrNil(_ column: Int) -> Int64? { isNull(column) ? nil : int64(column) }

    package func intOrNil(_ column: Int) -> Int? { isNull(column) ? nil : int(column) }

    package func doubleOrNil(_ column: Int) -> Double? { isNull(column) ? nil : double(column) }

    package func textOrNil(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

    package func blobOrNil(_ column: Int) -> [UInt8]? { isNull(column) ? nil : blob(column) }

    /// The value with the type it is stored as.
    package func value(_ column: Int) -> Value {
        switch sqlite3_column_type(statement, Int32(column)) {
        case SQLITE_INTEGER: .integer(int64(column))
        case SQLITE_FLOAT: .real(double(column))
        case SQLITE_TEXT: .text(text(column))
        case SQLITE_BLOB: .blob(blob(column))
        default: .null
        }
    }

    /// Reads the row so that NULL where a plain reader expects a value is this row's fault and not the statement's.
    ///
    /// - Throws: ``NullInRow``, or what `body` throws.
    package func checked<T>(_ body: (borrowing Row) throws -> T) throws -> T {
        defer { owner.hasMetNull = false }
        let value = try body(self)
        guard !owner.hasMetNull else { throw NullInRow() }
        return value
    }

    /// `sqlite3_column_bytes` has to be called after the pointer was fetched [sqlite.org/c3ref/column_blob.html].
    private func withBytes<T>(
        _ column: Int,
        _ start: UnsafeRawPointer?,
        _ body: (UnsafeRawBufferPointer) throws -> T
    ) rethrows -> T {
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return try body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    private func refuseNull(_ column: Int) {
        if isNull(column) { owner.hasMetNull = true }
    }
}
