internal import CSQLite
internal import Glibc

package enum CheckpointMode: Sendable, Equatable {
    /// As far as readers allow, waiting for nobody.
    case passive
    /// Everything, then the next write starts the WAL over. Meets `busy` while a reader is in the way.
    case restart
    /// The same, and the file is cut to nothing: only to erase, since it gives up the blocks that outcomes are sure of.
    case truncate
}

extension Connection {
    /// Copies WAL frames into the database file.
    ///
    /// - Returns: frames in the WAL and frames copied so far; equal when all is in the file.
    /// - Throws: `busy` for `.restart` with a reader in the way (what was possible is done), or the disk's failure.
    @discardableResult
    package func checkpoint(_ mode: CheckpointMode) throws(SQLiteError) -> (log: Int, checkpointed: Int) {
        var log: Int32 = 0
        var checkpointed: Int32 = 0
        let flag =
            switch mode {
            case .passive: SQLITE_CHECKPOINT_PASSIVE
            case .restart: SQLITE_CHECKPOINT_RESTART
            case .truncate: SQLITE_CHECKPOINT_TRUNCATE
            }
        let code = sqlite3_wal_checkpoint_v2(handle, "main", flag, &log, &checkpointed)
        guard code == SQLITE_OK else { throw SQLiteError(code, on: handle, sql: "checkpoint") }
        return (Int(log), Int(checkpointed))
    }

    /// Gives the WAL file blocks up to `bytes` without writing frames, so that commits need no free space until then.
    ///
    /// The WAL file carries no POSIX locks (they are on the database and the `-shm` file), so opening and closing it here
    /// drops none. Frames are found by checksum and salt: the zeros behind them are read as the end.
    func pregrowWAL(to bytes: Int) throws(SQLiteError) {
        guard bytes > 0 else { return }
        // The first read creates the file.
        try execute("BEGIN IMMEDIATE; COMMIT")
        let opened = open(path + "-wal", O_RDWR | O_CLOEXEC)
        guard opened >= 0 else {
            throw SQLiteError(code: SQLITE_CANTOPEN, message: String(cString: strerror(errno)), sql: "pre-grow WAL")
        }
        defer { close(opened) }
        var status = stat()
        guard fstat(opened, &status) == 0, Int(status.st_size) < bytes else { return }
        let code = posix_fallocate(opened, status.st_size, off_t(bytes) - status.st_size)
        // File systems without preallocation keep everything but the promise about a full disk.
        guard code == 0 || code == EOPNOTSUPP || code == EINVAL else {
            throw SQLiteError(
                code: code == ENOSPC ? SQLITE_FULL : SQLITE_IOERR,
                message: String(cString: strerror(code)),
                sql: "pre-grow WAL"
            )
        }
    }
}
