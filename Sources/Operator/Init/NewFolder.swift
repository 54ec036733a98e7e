import Glibc

/// A folder that is made, for its owner alone, as all that this process makes from then on.
enum NewFolder {
    static func make(_ path: String) throws {
        umask(0o077)
        guard mkdir(path, 0o700) == 0 else {
            throw OperatorError(
                .failed,
                say("\(path) cannot be made"),
                why: systemText(),
                next: say("a folder that does not exist yet, in one that does")
            )
        }
    }

    /// Has what was made in it, or itself, on the disk.
    ///
    /// - Returns: the size of a file; 0 for a folder.
    @discardableResult
    static func sync(_ path: String) throws -> Int64 {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw OperatorError(.failed, say("\(path) cannot be synced"), why: systemText())
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return 0 }
        return Int64(status.st_size)
    }
}
