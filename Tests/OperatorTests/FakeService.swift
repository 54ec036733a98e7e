import Glibc
import Synchronization
import System
import Testing

/// An admin socket that gives canned answers, one connection each, and keeps what it was asked.
final class FakeService: Sendable {
    private let answers: [String: (status: Int, body: String)]
    private let descriptor: Int32
    private let asked = Mutex<[String]>([])

    /// - Parameters:
    ///   - path: of the socket.
    ///   - answers: by method and path without query: `GET /admin/lanes`. Others are 404.
    /// - Throws: when the socket cannot be made.
    init(path: String, answers: [String: (status: Int, body: String)]) throws {
        self.answers = answers
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0 && listen(descriptor, 8) == 0)
        SystemThread.startAtLaunch(name: "fake-service") { [self] in serve() }
    }

    /// Ends the thread.
    func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Whole requests as received.
    var requests: [String] { asked.withLock { $0 } }

    private func serve() {
        while case let connection = accept(descriptor, nil, nil), connection >= 0 {
            let request = Self.read(connection)
            asked.withLock { $0.append(request) }
            let words = request.split(separator: " ", maxSplits: 2)
            let path = words.count > 1 ? words[1].prefix { $0 != "?" } : ""
            let answer = answers["\(words.first ?? "") \(path)"] ?? (404, "{}")
            let text =
                "HTTP/1.1 \(answer.status) X\r\nContent-Type: application/json\r\nContent-Length: \(answer.body.utf8.count)\r\nConnection: close\r\n\r\n"
                + answer.body
            _ = text.withCString { send(connection, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
            close(connection)
        }
        close(descriptor)
    }

    /// Head and, by its Content-Length, body.
    private static func read(_ connection: Int32) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = recv(connection, &buffer, buffer.count, 0), count > 0 {
            bytes += buffer[..<count]
            let text = String(decoding: bytes, as: UTF8.self)
            guard let end = text.firstRange(of: "\r\n\r\n") else { continue }
            let length = text.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
            let wanted = length.flatMap { Int($0.dropFirst(15).filter(\.isNumber)) } ?? 0
            if text[end.upperBound...].utf8.count >= wanted { return text }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
