internal import CSQLite

/// Reads and overwrites bytes of a stored blob in place; the blob's length never changes.
///
/// Overwriting touches only the pages of these bytes and no index, so it needs no new page of the database. Opened by
/// `Connection.withBlob` and closed at its end: an open handle is a statement at work and would keep the snapshot.
package struct BlobHandle: ~Copyable {
    private let handle: OpaquePointer
    private let database: OpaquePointer

    init(
        on connection: Connection,
        table: String,
        column: String,
        rowID: Int64,
        isWritable: Bool
    ) throws(SQLiteError) {
        var opened: OpaquePointer?
        let code = sqlite3_blob_open(connection.handle, "main", table, column, rowID, isWritable ? 1 : 0, &opened)
        guard code == SQLITE_OK, let opened else {
            throw SQLiteError(code, on: connection.handle, sql: "blob \(table).\(column)")
        }
        handle = opened
        database = connection.handle
    }

    deinit {
        // Errors of the write were reported by the write; a commit that fails inside close cannot happen in a transaction.
        sqlite3_blob_close(handle)
    }

    package var byteCount: Int { Int(sqlite3_blob_bytes(handle)) }

    /// Moves to the same column of another row, cheaper than opening again.
    ///
    /// - Throws: `other` with `SQLITE_ERROR` when there is no such row or its column holds no blob; the handle is then of no
    ///   further use.
    package func move(toRowID rowID: Int64) throws(SQLiteError) {
        try check(sqlite3_blob_reopen(handle, rowID))
    }

    /// Overwrites `bytes.count` bytes from `offset` on.
    ///
    /// - Throws: `other` when the range passes the blob's end, and nothing is written.
    package func write(_ bytes: [UInt8], at offset: Int) throws(SQLiteError) {
        let code = bytes.withUnsafeBytes {
            sqlite3_blob_write(handle, $0.baseAddress, Int32(clamping: $0.count), Int32(clamping: offset))
        }
        try check(code)
    }

    package func read(_ byteCount: Int, at offset: Int) throws(SQLiteError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        let code = bytes.withUnsafeMutableBytes {
            sqlite3_blob_read(handle, $0.baseAddress, Int32(clamping: $0.count), Int32(clamping: offset))
        }
        try check(code)
        return bytes
    }

    private func check(_ code: Int32) throws(SQLiteError) {
        guard code == SQLITE_OK else { throw SQLiteError(code, on: database, sql: "blob") }
    }
}

extension Connection {
    /// Opens the blob of one row of a rowid table for the length of `body`. Writes belong inside a transaction.
    package func withBlob<T>(
        table: String,
        column: String,
        rowID: Int64,
        isWritable: Bool = true,
        _ body: (borrowing BlobHandle) throws -> T
    ) throws -> T {
        let blob = try BlobHandle(on: self, table: table, column: column, rowID: rowID, isWritable: isWritable)
        return try body(blob)
    }
}
