import Glibc

/// Whole small files.
package enum Files {
    /// - Throws: ``FileProblem``.
    package static func read(_ path: String) throws(FileProblem) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileProblem(path: path, errno: errno) }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileProblem(path: path, errno: errno) }
            if count == 0 { return content }
            content += chunk[..<count]
        }
    }

    /// Replaces the file as a whole (written beside it, then renamed), mode 0600.
    ///
    /// - Throws: ``FileProblem``.
    package static func write(_ content: [UInt8], to path: String) throws(FileProblem) {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileProblem(path: temporary, errno: errno) }
        var written = 0
        while written < content.count {
            let count = content.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress.map { $0 + written }, content.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                let problem = FileProblem(path: temporary, errno: errno)
                close(descriptor)
                throw problem
            }
            written += count
        }
        close(descriptor)
        guard rename(temporary, path) == 0 else { throw FileProblem(path: path, errno: errno) }
    }

    /// Makes the folder, mode 0700, unless it is there; its parent must exist.
    ///
    /// - Throws: ``FileProblem``.
    package static func makeFolder(_ path: String) throws(FileProblem) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw FileProblem(path: path, errno: errno) }
    }

    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
