import FoundationEssentials
import Glibc
import Testing

@testable import Operator

/// Why nobody answers on a socket, each as a person can act on it.
struct SocketStateTests {
    let fixture: OperatorFixture

    init() throws { fixture = try OperatorFixture() }

    @Test func `a socket somebody listens on needs no word`() throws {
        let service = try FakeService(path: fixture.folder + "/admin.sock", answers: [:])
        defer { service.stop() }
        #expect(SocketState(fixture.folder + "/admin.sock").sentence == nil)
    }

    @Test func `what is there instead is named`() throws {
        try fixture.write("file", "")
        #expect(SocketState(fixture.folder + "/none").sentence?.hasPrefix("there is no such socket") == true)
        // Linux says of a file what it says of a socket nobody listens on [connect(2)].
        #expect(SocketState(fixture.folder + "/file").sentence?.hasPrefix("the socket is there") == true)
        let long = fixture.folder + "/" + String(repeating: "x", count: 108)
        #expect(SocketState(long).sentence == "the path is longer than a socket's may be")
    }

    @Test func `a socket that takes no more connections is not waited for`() throws {
        let path = fixture.folder + "/full.sock"
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        func asked(_ ask: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    ask($0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        }
        try #require(asked { bind(descriptor, $0, $1) } == 0 && listen(descriptor, 0) == 0)
        let waiting = socket(
            AF_UNIX,
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue),
            0
        )
        defer { close(waiting) }
        try #require(asked { connect(waiting, $0, $1) } == 0, "the one that may wait")
        #expect(SocketState(path).sentence == String(cString: strerror(EAGAIN)))
    }
}
