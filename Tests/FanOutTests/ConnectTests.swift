import FanOut
import Glibc
import Testing

/// Why there is no connection, in words an operator understands.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct ConnectTests {
    @Test func `an unknown issuer`() async throws {
        let lane = try TestLane(isTrusted: false)
        let text = "certificate of localhost: unable to get local issuer certificate"
        #expect(await lane.connectFailure() == .tls(text))
        await lane.end()
    }

    @Test func `a certificate for another name`() async throws {
        let lane = try TestLane(host: "127.0.0.1")
        #expect(await lane.connectFailure() == .tls("certificate of 127.0.0.1: IP address mismatch"))
        await lane.end()
    }

    @Test(arguments: [
        ("expired", "certificate of localhost: certificate has expired"),
        ("future", "certificate of localhost: certificate is not yet valid"),
        ("wrong-name", "certificate of localhost: hostname mismatch"),
        ("wrong-ca", "certificate of localhost: unable to get local issuer certificate"),
    ])
    func `a certificate that proves nothing is named with its fault`(certificate: String, reason: String) async throws {
        let lane = try TestLane(certificate: certificate)
        #expect(await lane.connectFailure() == .tls(reason))
        await lane.end()
    }

    @Test(arguments: ["TLSv1", "TLSv1_1"])
    func `a server with outdated TLS only`(version: String) async throws {
        let lane = try TestLane(["--tls", version])
        let failure = await lane.connectFailure()
        guard case .tls(let text) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(text.hasPrefix("TLS with localhost: nothing newer than TLS 1.1 is spoken there"))
        await lane.end()
    }

    @Test func `a server that knows no ALPN at all`() async throws {
        let lane = try TestLane(["--alpn", ""])
        #expect(await lane.connectFailure() == .noHTTP2("localhost does not offer HTTP/2 (ALPN h2)"))
        await lane.end()
    }

    @Test func `a server that answers TLS with plain text`() async throws {
        let (server, port) = try Child.script("hostile-proxy.py", ["1", "--answer", "plain"])
        let lane = try TestLane(port: port, server: server, feed: TestFeed(), rules: .forTests, host: "127.0.0.1")
        let text = "TLS with 127.0.0.1: no TLS is spoken there (wrong version number)"
        #expect(await lane.connectFailure() == .tls(text))
        await lane.end()
    }

    @Test func `a server without HTTP/2`() async throws {
        let lane = try TestLane(["--alpn", "http/1.1"])
        let result = await lane.connectFailure()
        guard case .noHTTP2 = result else {
            Issue.record("\(String(describing: result))")
            return
        }
        await lane.end()
    }

    @Test func `a name that does not exist`() async throws {
        // Top-level domain "invalid" never exists [RFC 2606]; a space cannot even be asked for.
        let lane = try TestLane(port: 443, server: nil, feed: TestFeed(), rules: .forTests, host: "no such.invalid")
        guard case .nameNotResolved = await lane.connectFailure() else {
            Issue.record("\(lane.feed.events)")
            return
        }
        await lane.end()
    }

    @Test func `a port nobody listens on`() async throws {
        let (socket, port) = try reservePort()
        defer { close(socket) }
        let lane = try TestLane(port: port, server: nil, feed: TestFeed(), rules: .forTests, host: "127.0.0.1")
        #expect(await lane.connectFailure() == .refused("127.0.0.1: 127.0.0.1: Connection refused"))
        #expect(lane.engine.snapshot(of: lane.lane) == nil, "removed")
        await lane.end()
    }

    @Test func `a server that accepts and says nothing`() async throws {
        let (socket, port) = try reservePort()
        defer { close(socket) }
        listen(socket, 8)
        var rules = PoolRules.forTests
        rules.connectTimeout = .milliseconds(100)
        let lane = try TestLane(port: port, server: nil, feed: TestFeed(), rules: rules, host: "127.0.0.1")
        #expect(await lane.connectFailure() == .timedOut("127.0.0.1: TLS handshake not finished within 0.1 seconds"))
        await lane.end()
    }

    @Test func `a CA file that is not there`() async throws {
        let engine = FanOutEngine()
        try engine.start()
        var configuration = LaneConfiguration(host: "localhost")
        configuration.extraCAFile = "/nowhere.pem"
        #expect(throws: LaneConfigurationError.self) {
            try engine.add(EngineLane(1), configuration, feed: TestFeed())
        }
        await engine.shutDown(within: .zero)
    }

    /// A bound socket that does not listen.
    private func reservePort() throws -> (socket: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, 1, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) | getsockname(descriptor, $0, &length)
            }
        }
        try #require(result == 0)
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}
