/// A connection to a database, as the shared SQL of `Store` uses it; what an engine has to bring.
///
/// Texts are of the SQL that SQLite and PostgreSQL both read, with `?` and `?1` for parameters; an engine that counts otherwise numbers them
/// when it prepares. Used from one thread at a time, hence not Sendable.
package protocol Session: AnyObject {
    associatedtype Prepared: PreparedStatement

    /// The prepared statement of this text, out of a cache.
    func statement(_ sql: String) throws -> Prepared
    /// A script without parameters; nothing is cached.
    func execute(_ script: String) throws

    /// Rows changed by the last INSERT, UPDATE or DELETE.
    var changes: Int { get }
    var isInTransaction: Bool { get }
    /// Another value after each commit of somebody else; cheap to ask for.
    var dataVersion: Int64 { get throws }
    /// The highest number a table of ascending ids has given, rows that are gone included; 0 before the first.
    func lastNumber(of table: String) throws -> Int64
    /// The table's next id follows `number`.
    func setLastNumber(of table: String, to number: Int64) throws
    /// The first things the engine itself finds wrong with what it holds; empty when all is sound, nil when `limit` passed first. With a limit
    /// it may look less closely.
    func ownFindings(limit: Duration?) throws -> [String]?

    func begin(_ kind: TransactionKind) throws
    func commit() throws
    /// Rolls back what is open, if anything. Its own failure adds nothing to the error that led here.
    func rollBack()
    /// Runs `body` in a savepoint of the open transaction: when it throws, only its own changes go.
    func savepoint<T>(_ body: (Self) throws -> T) throws -> T
    /// Runs `body`; what it deletes is overwritten with zeros, not only given up.
    func overwritingDeleted<T>(_ body: () throws -> T) throws -> T

    /// Ends every statement once `limit` has passed.
    func withTimeLimit<T>(_ limit: Duration, _ body: () throws -> T) rethrows -> T
}

extension Session {
    /// Runs one statement to its end, ignoring rows.
    @inlinable package func run<each B: Bindable>(_ sql: String, _ bindings: repeat each B) throws {
        let statement = try statement(sql)
        try statement.bind(repeat each bindings)
        try statement.run()
    }

    /// Calls `body` for each row, in order.
    @inlinable package func query<each B: Bindable>(
        _ sql: String,
        _ bindings: repeat each B,
        row body: (borrowing Row) throws -> Void
    ) throws {
        let statement = try statement(sql)
        try statement.bind(repeat each bindings)
        try statement.forEach(body)
    }

    /// The first row as `body` reads it; nil when there is none.
    @inlinable package func first<T, each B: Bindable>(
        _ sql: String,
        _ bindings: repeat each B,
        row body: (borrowing Row) throws -> T
    ) throws -> T? {
        let statement = try statement(sql)
        try statement.bind(repeat each bindings)
        return try statement.first(body)
    }

    /// All rows as `body` reads them. The statement carries the LIMIT: nothing here bounds the array.
    @inlinable package func all<T, each B: Bindable>(
        _ sql: String,
        _ bindings: repeat each B,
        row body: (borrowing Row) throws -> T
    ) throws -> [T] {
        var rows: [T] = []
        try query(sql, repeat each bindings) { rows.append(try body($0)) }
        return rows
    }

    /// Runs `INSERT … RETURNING id`.
    ///
    /// - Returns: the number the new row was given.
    @inlinable package func insert<each B: Bindable>(_ sql: String, _ bindings: repeat each B) throws -> Int64 {
        guard let id = try first(sql, repeat each bindings, row: { $0.int64(0) }) else {
            throw MissingRowError(sql: sql)
        }
        return id
    }

    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    @inlinable package func transaction<T>(_ kind: TransactionKind, _ body: (Self) throws -> T) throws -> T {
        try begin(kind)
        do {
            let result = try body(self)
            try commit()
            return result
        } catch {
            rollBack()
            throw error
        }
    }
}

/// A statement with RETURNING that returned nothing: a defect.
package struct MissingRowError: Error {
    package let sql: String

    @usableFromInline init(sql: String) { self.sql = sql }
}
