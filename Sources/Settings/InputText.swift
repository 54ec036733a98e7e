import Glibc

/// Small text files read whole: the configuration and its secrets. The one way to open them.
enum InputText {
    struct ReadError: Error {
        /// What hinders, as the end of a sentence.
        var what: String
    }

    struct Contents {
        /// Without a byte order mark: editors of Windows write one [RFC 8259 §8.1, YAML 1.2.2 §5.2].
        var bytes: [UInt8]
        /// Somebody beside the owner and the group may read it.
        var isReadableByAll: Bool
    }

    /// - Throws: for what is missing, no plain file, unreadable, UTF-16 or longer than `bytesMax`.
    static func read(_ path: String, bytesMax: Int) throws(ReadError) -> Contents {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw ReadError(what: "is not a plain file") }
        guard status.st_size <= bytesMax else { throw ReadError(what: "is longer than \(bytesMax) bytes") }
        var bytes = [UInt8](repeating: 0, count: bytesMax + 1)
        var count = 0
        while count < bytes.count {
            let read = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
            }
            if read < 0, errno == EINTR { continue }
            guard read >= 0 else { throw failure(errno) }
            if read == 0 { break }
            count += read
        }
        guard count <= bytesMax else { throw ReadError(what: "is longer than \(bytesMax) bytes") }
        let text = bytes[..<count]
        guard !text.starts(with: [0xFF, 0xFE]), !text.starts(with: [0xFE, 0xFF]) else {
            throw ReadError(what: "is UTF-16; save it as UTF-8")
        }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        return Contents(
            bytes: Array(text.starts(with: mark) ? text.dropFirst(mark.count) : text),
            isReadableByAll: status.st_mode & S_IROTH != 0
        )
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private static func failure(_ code: Int32) -> ReadError {
        switch code {
        case ENOENT, ENOTDIR: ReadError(what: "does not exist")
        case EACCES, EPERM: ReadError(what: "may not be read by this user")
        default: ReadError(what: "cannot be read (\(String(cString: strerror(code))))")
        }
    }
}
