import Database
package import Domain

/// Which import brought a record of the directory, and when.
package struct RecordOrigin: Hashable, Sendable {
    /// nil: no import did.
    package var importID: ImportID?
    /// nil also for an import that is not known any more.
    package var at: Instant?
}

extension Row {
    /// The import in this column and its time in the next.
    borrowing func origin(_ column: Int) -> RecordOrigin {
        RecordOrigin(
            importID: int64OrNil(column).map { ImportID(rawValue: $0) },
            at: int64OrNil(column + 1).map { Instant(milliseconds: $0) }
        )
    }
}
