import Glibc
import SQLite
import TestSupport

/// A directory of its own for one test, removed at its end.
final class TemporaryStore {
    private let folder: TemporaryFolder
    var directory: String { folder.path }
    var path: String { directory + "/store.db" }

    init() throws { folder = try TemporaryFolder() }

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
