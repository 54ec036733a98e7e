import Database
import Domain
import SQLite
import Synchronization

@testable import Store

/// Real stores whose readers fail once where they are told to, as a busy file or a disk does that stumbles, and count the rows they read.
final class FlakyStores: Stores {
    enum Stumble: CaseIterable {
        case busy, disk

        fileprivate var error: SQLiteError {
            // SQLITE_BUSY, SQLITE_IOERR_READ.
            switch self {
            case .busy: .busy(.init(code: 5, message: "database is locked", sql: nil))
            case .disk: .ioFailure(.init(code: 266, message: "disk I/O error", sql: nil))
            }
        }
    }

    fileprivate let next = Mutex<(part: String, stumble: Stumble)?>(nil)
    fileprivate let rows = Mutex(0)
    private let base: SQLiteStores

    /// By all readers together.
    var rowsRead: Int { rows.withLock { $0 } }

    init(folder: String) { base = SQLiteStores(folder: folder) }

    /// The next statement whose text holds `part` fails, once.
    func stumble(_ stumble: Stumble, at part: String) { next.withLock { $0 = (part, stumble) } }

    /// The statement has been asked for, and has failed.
    var hasStumbled: Bool { next.withLock { $0 == nil } }

    func openQueue(
        now: Instant,
        newKey: [UInt8],
        onFatal: @escaping @Sendable (any Error) -> Void,
        onCommit: @escaping @Sendable (CommitReport) -> Void
    ) throws -> QueueStore { try base.openQueue(now: now, newKey: newKey, onFatal: onFatal, onCommit: onCommit) }

    func openRegistry(
        keys: [TargetSeal.Key],
        newKey: [UInt8],
        onFatal: @escaping @Sendable (any Error) -> Void
    ) throws -> Registry { try base.openRegistry(keys: keys, newKey: newKey, onFatal: onFatal) }

    func queueReader() throws -> QueueReader {
        QueueReader(connection: flaky(try base.queueReader().connection))
    }

    func registryReader(seal: TargetSeal?) throws -> RegistryReader {
        RegistryReader(connection: flaky(try base.registryReader(seal: seal).connection), seal: seal)
    }

    private func flaky(_ session: any Session) -> any Session {
        func wrap(_ session: some Session) -> any Session { FlakySession(session, self) }
        return wrap(session)
    }

    fileprivate func check(_ sql: String) throws {
        let stumble = next.withLock { next -> Stumble? in
            guard let told = next, sql.contains(told.part) else { return nil }
            next = nil
            return told.stumble
        }
        if let stumble { throw stumble.error }
    }
}

private final class FlakySession<Base: Session>: Session {
    private let base: Base
    private let stores: FlakyStores

    init(_ base: Base, _ stores: FlakyStores) {
        self.base = base
        self.stores = stores
    }

    func statement(_ sql: String) throws -> CountedStatement<Base.Prepared> {
        try stores.check(sql)
        return CountedStatement(try base.statement(sql), stores)
    }

    func execute(_ script: String) throws { try base.execute(script) }
    var changes: Int { base.changes }
    var isInTransaction: Bool { base.isInTransaction }
    var dataVersion: Int64 { get throws { try base.dataVersion } }
    func lastNumber(of table: String) throws -> Int64 { try base.lastNumber(of: table) }
    func setLastNumber(of table: String, to number: Int64) throws { try base.setLastNumber(of: table, to: number) }
    func ownFindings(limit: Duration?) throws -> [String]? { try base.ownFindings(limit: limit) }
    func begin(_ kind: TransactionKind) throws { try base.begin(kind) }
    func commit() throws { try base.commit() }
    func rollBack() { base.rollBack() }
    func savepoint<T>(_ body: (FlakySession) throws -> T) throws -> T { try base.savepoint { _ in try body(self) } }
    func overwritingDeleted<T>(_ body: () throws -> T) throws -> T { try base.overwritingDeleted(body) }
    func withTimeLimit<T>(_ limit: Duration, _ body: () throws -> T) rethrows -> T {
        try base.withTimeLimit(limit, body)
    }
}

private final class CountedStatement<Base: PreparedStatement>: PreparedStatement {
    private let base: Base
    private let stores: FlakyStores

    init(_ base: Base, _ stores: FlakyStores) {
        self.base = base
        self.stores = stores
    }

    func step() throws -> Bool {
        let hasRow = try base.step()
        if hasRow { stores.rows.withLock { $0 += 1 } }
        return hasRow
    }

    func bindNull(at index: Int) { base.bindNull(at: index) }
    func bind(integer: Int64, at index: Int) { base.bind(integer: integer, at: index) }
    func bind(real: Double, at index: Int) { base.bind(real: real, at: index) }
    func bind(text: UnsafeBufferPointer<UInt8>, at index: Int) { base.bind(text: text, at: index) }
    func bind(blob: UnsafeRawBufferPointer, at index: Int) { base.bind(blob: blob, at: index) }
    var parameterCount: Int { base.parameterCount }
    func finishBinding(count: Int) throws { try base.finishBinding(count: count) }
    func finish() { base.finish() }
    func isNull(_ column: Int) -> Bool { base.isNull(column) }
    func int64(_ column: Int) -> Int64 { base.int64(column) }
    func text(_ column: Int) -> UnsafeRawBufferPointer { base.text(column) }
    func blob(_ column: Int) -> UnsafeRawBufferPointer { base.blob(column) }
    var hasMetNull: Bool {
        get { base.hasMetNull }
        set { base.hasMetNull = newValue }
    }
    var nullError: any Error { base.nullError }
}
