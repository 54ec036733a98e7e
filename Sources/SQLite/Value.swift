internal import CSQLite

/// One SQLite value, for rows whose shape is known only at run time.
package enum Value: Equatable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// What can be bound to a parameter. SQLite copies text and blobs while binding.
package protocol Bindable {
    /// Binds itself to the 1-based parameter of a prepared statement and returns SQLite's code.
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32
}

/// A blob of zeros, written without building it in memory: the place for bytes overwritten later (`BlobHandle`).
package struct ZeroBlob: Bindable, Sendable {
    package let byteCount: Int

    package init(byteCount: Int) {
        self.byteCount = byteCount
    }

    package func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        sqlite3_bind_zeroblob64(statement, index, UInt64(byteCount))
    }
}

extension BinaryInteger where Self: Bindable {
    /// Traps on a value above `Int64.max`: SQLite has no such integer.
    package func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        sqlite3_bind_int64(statement, index, Int64(self))
    }
}

extension Int: Bindable {}
extension Int64: Bindable {}
extension Int32: Bindable {}
extension Int16: Bindable {}
extension Int8: Bindable {}
extension UInt64: Bindable {}
extension UInt32: Bindable {}
extension UInt16: Bindable {}
extension UInt8: Bindable {}

extension Bool: Bindable {
    package func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        sqlite3_bind_int64(statement, index, self ? 1 : 0)
    }
}

extension Double: Bindable {
    package func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        sqlite3_bind_double(statement, index, self)
    }
}

extension String: Bindable {
    package func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        var text = self
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                // A null pointer would bind NULL instead of the empty text.
                guard let start = $0.baseAddress else { return carillon_sqlite_bind_text(statement, index, "", 0) }
                return carillon_sqlite_bind_text(statement, index, start, UInt64($0.count))
            }
        }
    }
}

extension UnsafeRawBufferPointer: Bindable {
    package func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        // A null pointer would bind NULL instead of the empty blob.
        guard let start = baseAddress, count > 0 else { return sqlite3_bind_zeroblob(statement, index, 0) }
        return carillon_sqlite_bind_blob(statement, index, start, UInt64(count))
    }
}

extension [UInt8]: Bindable {
    package func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        withUnsafeBytes { $0.bind(to: statement, at: index) }
    }
}

extension ArraySlice<UInt8>: Bindable {
    package func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        withUnsafeBytes { $0.bind(to: statement, at: index) }
    }
}

extension Optional: Bindable where Wrapped: Bindable {
    package func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        self?.bind(to: statement, at: index) ?? sqlite3_bind_null(statement, index)
    }
}

extension Value: Bindable {
    package func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        switch self {
        case .null: sqlite3_bind_null(statement, index)
        case .integer(let value): value.bind(to: statement, at: index)
        case .real(let value): value.bind(to: statement, at: index)
        case .text(let value): value.bind(to: statement, at: index)
        case .blob(let value): value.bind(to: statement, at: index)
        }
    }
}
