internal import Glibc

/// The right to be the only process on a data directory; held as long as this object lives.
///
/// `flock` on a file of its own, never on the database: closing any descriptor of the database file would drop SQLite's POSIX
/// locks [sqlite.org/howtocorrupt.html §2.2]. The kernel lets go at the end of the process, so a file left behind is no lock.
package final class ProcessLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock or fails at once; writes this process's pid into the file.
    ///
    /// - Throws: `held` with the pid found in the file, `unavailable` when the file cannot be made or locked.
    package init(path: String) throws(ProcessLockError) {
        // Close-on-exec: a child that inherited the descriptor would hold the lock after us.
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw .unavailable(path: path, errno: errno) }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let holder = Self.readPID(opened)
            close(opened)
            throw reason == EWOULDBLOCK ? .held(path: path, pid: holder) : .unavailable(path: path, errno: reason)
        }
        let line = Array("\(getpid())\n".utf8)
        guard ftruncate(opened, 0) == 0, pwrite(opened, line, line.count, 0) == line.count else {
            let reason = errno
            close(opened)
            throw .unavailable(path: path, errno: reason)
        }
        descriptor = opened
    }

    deinit {
        // The file stays: unlinking it would let two processes lock two files of one name.
        close(descriptor)
    }

    private static func readPID(_ descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes[..<count].prefix { $0 != 0x0A }, as: UTF8.self))
    }
}
