import Dispatch
import Glibc

/// A TCP connection whose bytes the test chooses; every read ends within a minute.
final class RawConnection {
    private let descriptor: Int32

    struct Failed: Error { var call: String }

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw Failed(call: "connect") }
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// CR LF at each line's end.
    func send(lines: String...) throws { try send((lines + ["", ""]).joined(separator: "\r\n")) }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else { throw Failed(call: "write") }
    }

    /// What comes next, until `mark` is in it.
    func read(until mark: String) async throws -> String {
        var text = ""
        while !text.contains(mark) {
            guard let piece = try await piece() else { throw Failed(call: "end before \(mark) after: \(text)") }
            text += piece
        }
        return text
    }

    /// All that comes until the other side ends the connection.
    func readToEnd() async throws -> String {
        var text = ""
        while let piece = try await piece() { text += piece }
        return text
    }

    /// Waits on a thread of its own: one of the tests' threads may be the one that the answer needs.
    private func piece() async throws -> String? {
        let (bytes, code): ([UInt8]?, Int32) = await withCheckedContinuation { [descriptor] continuation in
            DispatchQueue.global().async {
                var buffer = [UInt8](repeating: 0, count: 4096)
                let count = recv(descriptor, &buffer, buffer.count, 0)
                continuation.resume(returning: count < 0 ? (nil, errno) : (Array(buffer[..<count]), 0))
            }
        }
        guard let bytes else { throw Failed(call: "recv \(code)") }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
