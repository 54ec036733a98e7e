import Database

/// Reads `registry.db` beside the writer. One connection: used from one thread at a time.
package final class RegistryReader {
    let connection: any Session
    let seal: TargetSeal?
    /// Rows that lists have left out because they cannot be read.
    package let unreadable = UnreadableRows()

    /// `seal`: nil when no target is ever opened (the operator's command).
    init(connection: any Session, seal: TargetSeal?) {
        self.connection = connection
        self.seal = seal
    }

    /// Runs `body` on one snapshot, so that a question that takes several statements sees one state of the directory.
    /// Inside a snapshot it is that snapshot.
    package func snapshot<T>(_ body: (RegistryReader) throws -> T) throws -> T {
        if connection.isInTransaction { return try body(self) }
        return try connection.transaction(.deferred) { _ in try body(self) }
    }
}
