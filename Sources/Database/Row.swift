/// The row a statement stands on; gone with the next step, hence not copyable.
///
/// Columns count from 0. NULL in a plain reader, which a NOT NULL column of a sound file never holds, reads as zero or empty, and the
/// statement then throws: a damaged file ends in a sentence, not in a trap at each start. Columns that may be NULL are read
/// with the `…OrNil` forms.
package struct Row: ~Copyable {
    /// Held, so that reading a column takes no reference: a row that did not hold it would take and drop one for each call. A loop makes one
    /// `Row` for all its rows.
    @usableFromInline let owner: any PreparedStatement

    @inlinable package init(_ owner: any PreparedStatement) { self.owner = owner }

    @inlinable package func isNull(_ column: Int) -> Bool { owner.isNull(column) }

    @inlinable package func int64(_ column: Int) -> Int64 {
        refuseNull(column)
        return owner.int64(column)
    }

    @inlinable package func int(_ column: Int) -> Int {
        Int(int64(column))
    }

    /// Zero is false, anything else true.
    @inlinable package func bool(_ column: Int) -> Bool {
        int64(column) != 0
    }

    /// Invalid UTF-8 is repaired with U+FFFD.
    @inlinable package func text(_ column: Int) -> String {
        refuseNull(column)
        return String(decoding: owner.text(column), as: UTF8.self)
    }

    @inlinable package func blob(_ column: Int) -> [UInt8] {
        withBlob(column) { [UInt8]($0) }
    }

    /// The blob's bytes in the engine's own memory: valid only inside `body`, no copy.
    @inlinable package func withBlob<T>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        refuseNull(column)
        return try body(owner.blob(column))
    }

    @inlinable package func int64OrNil(_ column: Int) -> Int64? { isNull(column) ? nil : int64(column) }

    @inlinable package func intOrNil(_ column: Int) -> Int? { isNull(column) ? nil : int(column) }

    @inlinable package func textOrNil(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

    /// Reads the row so that NULL where a plain reader expects a value is this row's fault and not the statement's.
    ///
    /// - Throws: ``NullInRowError``, or what `body` throws.
    @inlinable package func checked<T>(_ body: (borrowing Row) throws -> T) throws -> T {
        defer { owner.hasMetNull = false }
        let value = try body(self)
        guard !owner.hasMetNull else { throw NullInRowError() }
        return value
    }

    @usableFromInline func refuseNull(_ column: Int) {
        if isNull(column) { owner.hasMetNull = true }
    }
}
