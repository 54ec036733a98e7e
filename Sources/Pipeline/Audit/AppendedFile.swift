import Glibc

/// A file of lines that are only added to: what many processes write at once, and nobody rewrites. Blocking.
package struct AppendedFile: Sendable {
    package struct FileError: Error, CustomStringConvertible {
        package let description: String

        /// As the system says it.
        init(_ path: String, _ what: String) {
            description = "\(path) \(what): \(String(cString: strerror(errno)))"
        }
    }

    package let path: String

    package init(_ path: String) { self.path = path }

    /// One write: a line is there whole or not at all. On the disk when this returns. The file is made with mode 0600; by root, for the owner
    /// of its folder.
    ///
    /// `line`: without line feed.
    package func append(_ line: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure("cannot be opened") }
        defer { close(descriptor) }
        try Self.giveToOwner(path)
        let bytes = Array((line + "\n").utf8)
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard count == bytes.count, fsync(descriptor) == 0 else { throw failure("cannot be written") }
    }

    /// Its lines, the oldest first; of a longer file those at the end. A line that is no UTF-8 reads as one with replacement characters.
    package func lines(bytesMax: Int = 64 << 20) throws(FileError) -> [Substring] {
        let (bytes, isWhole) = try bytes(max: bytesMax)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        return isWhole ? lines : Array(lines.dropFirst())
    }

    /// Its whole lines, byte for byte, in a new file: one that is being written is left out. On the disk when this returns.
    ///
    /// - Returns: the bytes of the new file.
    func copy(to other: AppendedFile) throws(FileError) -> Int64 {
        let bytes = try bytes(max: .max).bytes
        let lines = bytes[..<(bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0)]
        let descriptor = open(other.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw other.failure("cannot be made") }
        defer { close(descriptor) }
        try Self.giveToOwner(other.path)
        let count = lines.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard count == lines.count, fsync(descriptor) == 0 else { throw other.failure("cannot be written") }
        return Int64(count)
    }

    /// Those at the end of a longer file, and whether it is no longer.
    private func bytes(max: Int) throws(FileError) -> (bytes: [UInt8], isWhole: Bool) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot be opened") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw failure("is no plain file")
        }
        let start = Swift.max(0, Int(status.st_size) - max)
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size) - start)
        var count = 0
        while count < bytes.count {
            let read = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count, start + count)
            }
            if read < 0, errno == EINTR { continue }
            guard read >= 0 else { throw failure("cannot be read") }
            if read == 0 { break }
            count += read
        }
        return (Array(bytes[..<count]), start == 0)
    }

    /// What root makes belongs to whom its folder belongs to: the service must be able to go on with it.
    static func giveToOwner(_ path: String) throws(FileError) {
        guard geteuid() == 0 else { return }
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var owner = stat()
        guard stat(folder, &owner) == 0, lchown(path, owner.st_uid, owner.st_gid) == 0 else {
            throw FileError(path, "cannot be given to the owner of its folder")
        }
    }

    private func failure(_ what: String) -> FileError { FileError(path, what) }
}
