internal import CSQLite
package import Database
internal import Glibc

/// One SQLite connection with its cache of prepared statements.
///
/// Used from one thread at a time; it may move between threads when the caller orders the accesses (it is opened with
/// `SQLITE_OPEN_NOMUTEX`: "two or more threads may use SQLite at the same time, provided that no single connection is used
/// by two at once" [sqlite.org/threadsafe.html]). It is therefore not Sendable.
package final class Connection: Session {
    let handle: OpaquePointer
    /// The file it was opened on.
    package let path: String
    private let statementsMax: Int
    private var statements: [String: Statement] = [:]
    /// Frames in the WAL after the last commit of this connection; the WAL hook keeps it.
    private(set) var walFrames = 0
    var logState = LogState.refused
    private var progress: ProgressLimit?

    /// Before the first file is opened. Nobody asks SQLite how much memory it has, and counting it takes a lock of the process at each
    /// allocation [sqlite.org/malloc.html, 3.2]. Refused, and harmless, when another library was first.
    private static let isMemoryUncounted = carillon_sqlite_config_memstatus(0) == SQLITE_OK

    /// Opens the file and applies the pragmas of `options`, in order.
    ///
    /// - Throws: `cannotOpen`, `corrupt` for a file that is no database, or what a pragma met.
    package init(path: String, options: ConnectionOptions) throws(SQLiteError) {
        _ = Self.isMemoryUncounted
        var opened: OpaquePointer?
        let name = options.isReadOnly ? Self.readOnlyURI(path) + Self.immutability(path) : path
        let mode =
            options.isReadOnly ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let code = sqlite3_open_v2(name, &opened, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK, let opened else {
            let error = SQLiteError(code, on: opened, sql: nil)
            sqlite3_close_v2(opened)
            throw error
        }
        handle = opened
        self.path = path
        statementsMax = options.statementsMax
        if options.isReadOnly {
            // The last reader to close must not checkpoint: only the writer's connection does (WAL-reset bug of 3.40.1).
            setFlag(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        }
        setFlag(SQLITE_DBCONFIG_DEFENSIVE, true)
        sqlite3_busy_timeout(handle, Int32(clamping: options.busyTimeout.milliseconds))
        for pragma in options.pragmas { try execute("PRAGMA \(pragma)") }
        // The context is this object, which outlives the handle: deinit closes it.
        sqlite3_wal_hook(
            handle,
            { context, _, _, frames in
                guard let context else { return SQLITE_OK }
                Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue().walFrames = Int(frames)
                return SQLITE_OK
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    deinit {
        statements.removeAll()
        // A statement somebody still holds keeps the handle as a "zombie" until it is finalized.
        sqlite3_close_v2(handle)
    }

    /// The prepared statement for this text, from the cache when it is free.
    ///
    /// A text whose cached statement is being stepped (a query inside its own row closure) gets a fresh one.
    package func statement(_ sql: String) throws(SQLiteError) -> Statement {
        if let cached = statements[sql], !cached.isBusy { return cached }
        let prepared = try Statement(sql, on: self)
        if statements[sql] == nil {
            // Texts are constants of the code, so the limit is met only by text built at run time; starting over is enough.
            if statements.count >= statementsMax { statements.removeAll() }
            statements[sql] = prepared
        }
        return prepared
    }

    /// Runs a script of statements without parameters: schemas and pragmas. Nothing is cached.
    package func execute(_ script: String) throws(SQLiteError) {
        let code = sqlite3_exec(handle, script, nil, nil, nil)
        guard code == SQLITE_OK else { throw SQLiteError(code, on: handle, sql: script) }
    }

    /// Runs one statement to its end, ignoring rows.
    package func run<each B: Bindable>(_ sql: String, _ bindings: repeat each B) throws(SQLiteError) {
        let statement = try statement(sql)
        try statement.bind(repeat each bindings)
        try statement.run()
    }

    /// Rows changed by the last INSERT, UPDATE or DELETE.
    package var changes: Int { Int(sqlite3_changes64(handle)) }

    /// False after SQLite rolled a transaction back by itself (full disk, I/O error).
    package var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Bytes of frames in the WAL after the last commit of this connection (the file may be larger: it is reused).
    package var walBytes: Int { walFrames * (4096 + 24) }

    /// Ends every statement of this connection with `interrupted` once `limit` has passed, checked about each 1,000 steps of
    /// the virtual machine. For readers; one limit at a time.
    package func withTimeLimit<T>(_ limit: Duration, _ body: () throws -> T) rethrows -> T {
        precondition(progress == nil, "A time limit is already set on this connection.")
        let guardian = ProgressLimit(deadline: .now + limit)
        progress = guardian
        sqlite3_progress_handler(
            handle,
            1000,
            { context in
                guard let context else { return 0 }
                return Unmanaged<ProgressLimit>.fromOpaque(context).takeUnretainedValue().hasPassed ? 1 : 0
            },
            Unmanaged.passUnretained(guardian).toOpaque()
        )
        defer {
            sqlite3_progress_handler(handle, 0, nil, nil)
            progress = nil
        }
        return try body()
    }

    /// Closing this connection leaves the WAL as it is; used after a fatal error, when nothing more may be written.
    func leaveWALOnClose() {
        setFlag(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
    }

    private func setFlag(_ option: Int32, _ isOn: Bool) {
        let code = carillon_sqlite_db_config_bool(handle, option, isOn ? 1 : 0)
        precondition(code == SQLITE_OK, "sqlite3_db_config refuses only options it does not know.")
    }

    /// A reader of a WAL database needs the `-shm` file, and cannot make it in a folder that is read-only for it. Without a WAL nothing can
    /// be missing from the database file, and in such a folder nobody of these rights can change it: a copy on read-only media.
    private static func immutability(_ path: String) -> String {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return access(folder, W_OK) != 0 && access(path + "-wal", F_OK) != 0 ? "&immutable=1" : ""
    }

    /// [sqlite.org/uri.html]: `%`, `?` and `#` of a path have to be escaped in a `file:` name.
    private static func readOnlyURI(_ path: String) -> String {
        var escaped = ""
        for character in path {
            switch character {
            case "%": escaped += "%25"
            case "?": escaped += "%3f"
            case "#": escaped += "%23"
            default: escaped.append(character)
            }
        }
        return "file:\(escaped)?mode=ro"
    }
}

private final class ProgressLimit {
    private let deadline: ContinuousClock.Instant

    init(deadline: ContinuousClock.Instant) {
        self.deadline = deadline
    }

    var hasPassed: Bool { deadline <= .now }
}

extension Duration {
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
