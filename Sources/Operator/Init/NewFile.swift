import Glibc

/// A file that is made, never overwritten: a key in use must not be lost.
enum NewFile {
    /// On the disk when this returns.
    static func write(_ text: String, to path: String, mode: mode_t = 0o600) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard descriptor >= 0 else {
            let next = errno == EEXIST ? say("another name; a key in use must not be overwritten") : nil
            throw OperatorError(.failed, say("\(path) cannot be made"), why: systemText(), next: next)
        }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            let why = systemText()
            unlink(path)
            throw OperatorError(.failed, say("\(path) cannot be written"), why: why)
        }
    }
}
