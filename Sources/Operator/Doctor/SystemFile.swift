import Glibc

/// A file of the kernel, such as `/proc/locks`. It has no size, and each read gives about a page: only an empty read is its end.
enum SystemFile {
    private static let bytesMax = 64 << 20

    /// nil when it cannot be read to its end.
    static func text(_ path: String) -> String? {
        guard let bytes = bytes(path, max: bytesMax), bytes.count <= bytesMax else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Any file: its bytes, and a few more than `max` of one that is longer; nil when it cannot be read, for which `errno` says why.
    static func bytes(_ path: String, max: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= max {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return bytes
    }
}
