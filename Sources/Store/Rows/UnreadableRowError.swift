import Database
import Domain

/// A row that cannot be read, and why. Never holds anything of what is in it.
///
/// A loop over rows meets it as the result of that row alone (``RowResult``), ends that row's work and goes on. What fails for all rows (a
/// locked file, a failing disk) is thrown, and tried again by whoever asked.
package struct UnreadableRowError: Error, Hashable, Sendable {
    /// What the row is; the raw value is the label of a metric and a stable word of `/healthz`.
    package enum Table: String, CaseIterable, Sendable {
        case device, event, page, operation, preference, `import`
    }

    package enum Cause: Hashable, Sendable {
        /// Bytes that mean nothing to this release.
        case damaged
        /// Sealed by a storage key that is not configured.
        case unknownKey(id: String)
        /// What belongs to the row is not there: the text of an event, the plan of a page.
        case incomplete
    }

    package var table: Table
    package var id: Int64
    package var cause: Cause

    package init(_ table: Table, _ id: Int64, _ cause: Cause) {
        self.table = table
        self.id = id
        self.cause = cause
    }

    /// The row as an operator finds it again: `device 17`, `E-7F3K2`, `page 12`.
    package var name: String {
        switch table {
        case .event: EventID(rawValue: id).description
        case .import: ImportID(rawValue: id).description
        case .device, .page, .operation, .preference: "\(table.rawValue) \(id)"
        }
    }
}

/// What became of reading one row of many.
package typealias RowResult<Value> = Result<Value, UnreadableRowError>

extension RowResult {
    package var value: Success? {
        if case .success(let value) = self { value } else { nil }
    }

    package var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}

extension UnreadableRowError: CustomStringConvertible {
    package var description: String {
        switch cause {
        case .damaged: "\(name) is damaged"
        case .unknownKey(let key): "\(name) is sealed by storage key \(key), which is not configured"
        case .incomplete: "\(name) is incomplete"
        }
    }
}

extension UnreadableRowError.Cause {
    /// What an error of decoding says about the row; nil for what is not the row's own fault.
    init?(_ error: any Error) {
        switch error {
        case TargetSeal.OpenError.unknownKey(let id) where TargetSeal.isPlausible(keyID: id): self = .unknownKey(id: id)
        case let row as UnreadableRowError: self = row.cause
        case is TargetSeal.OpenError, is BlobError, is JSONError, is NullInRowError, StoreError.damaged: self = .damaged
        default: return nil
        }
    }
}

extension Instant {
    /// Milliseconds of the years 1 to 9999.
    static let stored: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999
}

extension Row {
    /// - Throws: for what is beyond every calendar: the row is damaged, and reckoning with it would overflow.
    func instant(_ column: Int) throws -> Instant {
        let milliseconds = int64(column)
        guard Instant.stored.contains(milliseconds) else { throw StoreError.damaged("a time") }
        return Instant(milliseconds: milliseconds)
    }

    func instantOrNil(_ column: Int) throws -> Instant? { isNull(column) ? nil : try instant(column) }

    /// Reads this row so that its own fault is its own result.
    ///
    /// - Throws: what is not the row's fault.
    func result<T>(
        _ table: UnreadableRowError.Table,
        _ id: Int64,
        _ body: (borrowing Row) throws -> T
    ) throws -> RowResult<T> {
        do { return .success(try checked(body)) } catch {
            guard let cause = UnreadableRowError.Cause(error) else { throw error }
            return .failure(UnreadableRowError(table, id, cause))
        }
    }
}
