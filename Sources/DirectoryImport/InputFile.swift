// For `stat`: the header is part of no module of the C library, so it belongs to the first that includes it.
import CArchive
import Glibc

/// A plain file open for reading from its beginning; closed when it goes out of scope.
struct InputFile: ~Copyable {
    /// Bytes asked for at once: 64 KiB, past which a larger read gains nothing measurable.
    static let chunkBytes = 64 * 1024

    let name: String
    let bytes: Int
    private let descriptor: Int32
    private let meter = ReadingMeter.current

    /// - Parameter path: must lead to a plain file; links are followed, pipes and devices refused.
    /// - Throws: ``ExportError/unreadable(file:code:)``.
    init(path: String) throws(ExportError) {
        name = Self.baseName(of: path)
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(file: Self.baseName(of: path), code: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .unreadable(file: Self.baseName(of: path), code: EINVAL)
        }
        bytes = status.st_size
    }

    deinit { close(descriptor) }

    /// Fills the buffer from its start; 0 only at the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ExportError) -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 {
                meter?.add(count)
                return count
            }
            guard errno == EINTR else { throw .unreadable(file: name, code: errno) }
        }
    }

    static func baseName(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
