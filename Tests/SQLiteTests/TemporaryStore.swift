import Database
import Glibc
import SQLite

/// A directory of its own for one test, removed at its end.
final class TemporaryStore {
    let directory: String
    var path: String { directory + "/store.db" }

    init() throws {
        var template = Array("/tmp/carillon-sqlite-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw SQLiteTestError.noDirectory }
        directory = String(cString: made)
    }

    deinit {
        for name in ["store.db", "store.db-wal", "store.db-shm", "copy.db", "lock"] { unlink(directory + "/" + name) }
        rmdir(directory)
    }

    func connection() throws -> Connection {
        try Connection(path: path, options: .writer)
    }

    func reader() throws -> Connection {
        try Connection(path: path, options: .reader)
    }

    func writer(
        _ options: WriterOptions = .init(),
        migrations: [Migration] = [itemTable],
        check: @escaping @Sendable (Connection) throws -> Void = { _ in },
        onFatal: @escaping @Sendable (any Error) -> Void = { _ in },
        onCommit: @escaping @Sendable (CommitReport) -> Void = { _ in }
    ) throws -> Writer {
        try Writer(
            path: path,
            options: options,
            migrations: migrations,
            check: check,
            onFatal: onFatal,
            onCommit: onCommit
        )
    }
}

enum SQLiteTestError: Error { case noDirectory, refused }

let itemTable = Migration(1) {
    try $0.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT UNIQUE, bytes BLOB) STRICT")
}
