import Glibc

/// A file with one event, or standard input.
struct EventFile {
    private let path: String

    init(_ path: String) { self.path = path }

    /// - Throws: exit code 1 when it cannot be read or is longer than `max`.
    func bytes(max: Int) throws -> [UInt8] {
        let bytes = path == "-" ? standardInput(max) : try contents(max)
        guard bytes.count <= max else {
            throw OperatorFailure(.failed, say("\(path) is longer than the \(max) bytes an event may have"))
        }
        return bytes
    }

    private func standardInput(_ max: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count <= max, let line = OperatorContext.current.input() { bytes += Array((line + "\n").utf8) }
        return bytes
    }

    /// One byte more than allowed tells that it is too long.
    private func contents(_ max: Int) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable() }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while bytes.count <= max {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable() }
            guard count > 0 else { break }
            bytes += buffer.prefix(count)
        }
        return bytes
    }

    private func unreadable() -> OperatorFailure {
        OperatorFailure(.failed, say("\(path) cannot be read"), why: systemText())
    }
}
