import Glibc
import POSIX
import Synchronization
import Testing

/// An HTTP/1.1 server on loopback that says when a request has come, and gives each the same answer when it is told to. A request has a body of
/// one byte, `x`.
final class HeldServer: Sendable {
    let port: UInt16
    private let descriptor: Int32
    private let response: String
    /// A byte in it lets one request be answered.
    private let permits: (read: Int32, write: Int32)
    private let requests = Mutex<[String]>([])
    private let arrivals = AsyncStream<Void>.makeStream()

    /// `permitted`: requests that are answered at once.
    init(_ response: String, permitted: Int = 0) throws {
        self.response = response
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        permits = (ends[0], ends[1])
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { [descriptor] address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        try #require(isListening)
        port = UInt16(bigEndian: address.sin_port)
        permit(permitted)
        // One that waits in a pool would keep others' tasks from running.
        try DetachedThread.start("held-server") { self.accept() }
    }

    /// As they came, the last byte included.
    var received: [String] { requests.withLock { $0 } }

    /// Returns when so many more have come.
    func arrival(of count: Int) async {
        var left = count
        for await _ in arrivals.stream {
            left -= 1
            if left == 0 { return }
        }
    }

    func permit(_ count: Int) {
        let written = write(permits.write, [UInt8](repeating: 0, count: count), count)
        precondition(written == count, "A pipe holds so many bytes")
    }

    /// Ends the thread that accepts; those that hold a request end with their permits.
    func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    deinit { for end in [descriptor, permits.read, permits.write] { close(end) } }

    private func accept() {
        while case let connection = Glibc.accept(descriptor, nil, nil), connection >= 0 {
            DetachedThread.startOrEnd("held-answer") {
                self.answer(connection)
                close(connection)
            }
        }
    }

    private func answer(_ connection: Int32) {
        var request: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while !request.suffix(5).elementsEqual("\r\n\r\nx".utf8) {
            let count = read(connection, &part, part.count)
            guard count > 0 else { return }
            request += part.prefix(count)
        }
        requests.withLock { $0.append(String(decoding: request, as: UTF8.self)) }
        arrivals.continuation.yield()
        guard read(permits.read, &part, 1) == 1 else { return }
        let bytes = Array(response.utf8)
        _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}
