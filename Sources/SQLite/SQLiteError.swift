internal import CSQLite
package import Database

/// What went wrong in SQLite, named by what the caller can do about it.
///
/// No case ever holds a bound value: the SQL text has placeholders and SQLite's messages name tables and columns only.
package enum SQLiteError: Error, Equatable, Sendable {
    /// No space for new pages, or `max_page_count` reached. The transaction did not happen; the next may once there is space.
    case full(Cause)
    /// Another connection holds a lock. For the one writer this is a bug: nobody else writes.
    case busy(Cause)
    /// The operating system failed a call; `cause.code` (extended) says which. See `isFatal`.
    case ioFailure(Cause)
    /// The file is damaged or is no database (`SQLITE_CORRUPT`, `SQLITE_NOTADB`).
    case corrupt(Cause)
    /// A write on a read-only connection, file or directory.
    case readOnly(Cause)
    /// A constraint refused the row; the statement did nothing, the transaction goes on.
    case constraint(Constraint, Cause)
    /// The time limit of `Connection.withTimeLimit` passed.
    case interrupted(Cause)
    /// The file cannot be opened or created.
    case cannotOpen(Cause)
    /// The database was written by a newer release; nothing was touched.
    case newerSchema(found: Int, known: Int)
    /// A misuse of the API, wrong SQL, or a code this release does not know: a defect to repair in code.
    case other(Cause)

    /// The extended result code, SQLite's own words, and the SQL text when a statement was at work.
    package struct Cause: Equatable, Sendable {
        package let code: Int32
        package let message: String
        package let sql: String?

        package init(code: Int32, message: String, sql: String?) {
            self.code = code
            self.message = message
            self.sql = sql
        }
    }

    package enum Constraint: Equatable, Sendable {
        case unique, primaryKey, rowID, foreignKey, notNull, check, dataType, trigger, other
    }

    /// True when going on could lose data, so the process has to stop and let WAL recovery decide at the next start.
    ///
    /// A failed fsync or write leaves it unknown what is on the disk [Rebello et al., ATC 2020: Can Applications Recover
    /// from fsync Failures?]; a failed read of a page that was written is no better.
    package var isFatal: Bool {
        switch self {
        case .corrupt:
            true
        case .ioFailure(let cause):
            [
                SQLITE_IOERR | (4 << 8),  // SQLITE_IOERR_FSYNC
                SQLITE_IOERR | (5 << 8),  // SQLITE_IOERR_DIR_FSYNC
                SQLITE_IOERR | (3 << 8),  // SQLITE_IOERR_WRITE
                SQLITE_IOERR | (1 << 8),  // SQLITE_IOERR_READ
                SQLITE_IOERR | (2 << 8),  // SQLITE_IOERR_SHORT_READ
                SQLITE_IOERR | (33 << 8),  // SQLITE_IOERR_CORRUPTFS
            ].contains(cause.code)
        default:
            false
        }
    }
}

extension SQLiteError: DatabaseError {
    package var fault: DatabaseFault {
        switch self {
        case .full: .full
        case .corrupt(let cause): .damage(cause.message)
        case .constraint: .constraint
        case .interrupted: .timeLimit
        default: isFatal ? .fatal : .other
        }
    }
}

extension SQLiteError {
    /// Classifies an extended result code.
    package init(code: Int32, message: String, sql: String? = nil) {
        let cause = Cause(code: code, message: message, sql: sql)
        switch code & 0xFF {
        case SQLITE_FULL: self = .full(cause)
        // SQLITE_IOERR_SHMSIZE: the index of the WAL could not grow, which is how a full disk looks there. Nothing was written; the
        // index is rebuilt at the next opening, so that nothing can be lost by going on.
        case SQLITE_IOERR where code == SQLITE_IOERR | (19 << 8): self = .full(cause)
        case SQLITE_BUSY, SQLITE_LOCKED: self = .busy(cause)
        case SQLITE_IOERR: self = .ioFailure(cause)
        case SQLITE_CORRUPT, SQLITE_NOTADB: self = .corrupt(cause)
        case SQLITE_READONLY: self = .readOnly(cause)
        case SQLITE_CONSTRAINT: self = .constraint(Constraint(code: code), cause)
        case SQLITE_INTERRUPT: self = .interrupted(cause)
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH: self = .cannotOpen(cause)
        default: self = .other(cause)
        }
    }

    /// The error of the last call on `database`.
    init(_ code: Int32, on database: OpaquePointer?, sql: String?) {
        let message = database.flatMap { sqlite3_errmsg($0) } ?? sqlite3_errstr(code)
        self.init(code: code, message: message.map { String(cString: $0) } ?? "code \(code)", sql: sql)
    }
}

extension SQLiteError.Constraint {
    /// [sqlite.org/rescode.html]: the kind is in the second byte of the extended code.
    init(code: Int32) {
        switch code >> 8 {
        case 1: self = .check
        case 3: self = .foreignKey
        case 5: self = .notNull
        case 6: self = .primaryKey
        case 7: self = .trigger
        case 8: self = .unique
        case 10: self = .rowID
        case 12: self = .dataType
        default: self = .other
        }
    }
}

extension SQLiteError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .full(let cause): "disk or database full: \(cause)"
        case .busy(let cause): "locked by another connection: \(cause)"
        case .ioFailure(let cause): "input/output failure: \(cause)"
        case .corrupt(let cause): "damaged database: \(cause)"
        case .readOnly(let cause): "read-only: \(cause)"
        case .constraint(let kind, let cause): "\(kind) constraint: \(cause)"
        case .interrupted(let cause): "time limit passed: \(cause)"
        case .cannotOpen(let cause): "cannot open: \(cause)"
        case .newerSchema(let found, let known):
            "the database has schema \(found), this release knows \(known): it was written by a newer release"
        case .other(let cause): "\(cause)"
        }
    }
}

extension SQLiteError.Cause: CustomStringConvertible {
    package var description: String {
        "\(message) (code \(code))" + (sql.map { " in: \($0)" } ?? "")
    }
}
