import Database

/// What makes deleted text unfindable in the files: a deleted row's bytes, the pages that nothing uses, and the log.
extension Connection {
    /// `main` alone: without a schema the pragma is about every attached database, the stage of an import included
    /// [sqlite.org/pragma.html#pragma_secure_delete].
    package func overwritingDeleted<T>(_ body: () throws -> T) throws -> T {
        try execute("PRAGMA main.secure_delete = ON")
        let result = Result { try body() }
        try execute("PRAGMA main.secure_delete = FAST")
        return try result.get()
    }

    /// Gives free pages, whatever they held, back to the disk: the last page of the file moves into a free one or is cut off, until `max` are gone [sqlite.org/pragma.html#pragma_incremental_vacuum].
    ///
    /// - Returns: how many are left.
    func releaseFreePages(_ max: Int) throws -> Int {
        try execute("PRAGMA main.incremental_vacuum(\(max))")
        return try first("PRAGMA main.freelist_count") { $0.int(0) } ?? 0
    }

    /// All frames go into the database file and the log is cut to nothing; then it gets its blocks back.
    ///
    /// - Parameter bytes: of the blocks the log has from the start on.
    /// - Throws: `busy` with a reader in the way; what was possible is done.
    func emptyLog(pregrownTo bytes: Int) throws(SQLiteError) {
        try checkpoint(.truncate)
        logState = .emptied
        try pregrowWAL(to: bytes)
    }

    /// What became of the last wish to empty the log.
    enum LogState {
        /// Nobody wished it, or a reader was in the way.
        case refused
        case wanted
        case emptied
    }
}
