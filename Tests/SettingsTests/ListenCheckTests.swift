import FoundationEssentials
import Glibc
import Settings
import Testing

/// Where the gateway would listen, tried on this machine.
@Suite struct ListenCheckTests {
    let fixture: SettingsFixture

    init() throws { fixture = try SettingsFixture() }

    private func mistakes(
        publicAddress: String = "127.0.0.1:0",
        admin: String = "admin.sock",
        metrics: String = "127.0.0.1:0"
    ) throws
        -> [SettingsFinding]
    {
        let yaml =
            SettingsFixture.least + "listen: {public: \"\(publicAddress)\", admin: \(admin), metrics: \"\(metrics)\"}\n"
        return ListenCheck(try fixture.load(yaml)).mistakes()
    }

    @Test func `what is free is no mistake, and nothing is left behind`() throws {
        #expect(try mistakes(metrics: "127.0.0.1:0") == [])
        #expect(access(fixture.folder + "/admin.sock", F_OK) != 0)
    }

    @Test func `a missing folder is named with key, line, path and remedy`() throws {
        let found = try mistakes(admin: "none/admin.sock", metrics: "127.0.0.1:0")

        #expect(found.map(\.key) == ["listen.admin"] && found.first?.line == 2)
        #expect(
            found.first?.description.contains("\(fixture.folder)/none does not exist: make it (mkdir -m 700") == true
        )
    }

    @Test func `a taken port and a foreign address are named`() throws {
        let taken = try Listener()
        let found = try mistakes(publicAddress: "127.0.0.1:\(taken.port)", metrics: "192.0.2.1:9090")

        #expect(found.map(\.key) == ["listen.public", "listen.metrics"])
        #expect(found.first?.allowed.contains("another process listens on port \(taken.port)") == true)
        #expect(found.last?.allowed.contains("no such address") == true)
        withExtendedLifetime(taken) {}
    }

    @Test func `a file in the way and a living socket are left alone, a dead one is no obstacle`() throws {
        let path = fixture.folder + "/admin.sock"
        try fixture.write("admin.sock", "mine")
        #expect(try mistakes(metrics: "127.0.0.1:0").first?.allowed.contains("in the way") == true)
        unlink(path)

        let living = try Listener(path: path)
        #expect(try mistakes(metrics: "127.0.0.1:0").first?.allowed.contains("not taken over") == true)
        living.end()
        #expect(access(path, F_OK) == 0)
        #expect(try mistakes(metrics: "127.0.0.1:0") == [])
    }
}

/// A socket that listens.
private final class Listener {
    private var descriptor: Int32
    private(set) var port = 0

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        try Self.bind(descriptor, &address)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        try Self.bind(descriptor, &address)
    }

    deinit { end() }

    func end() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    private static func bind<Address>(_ descriptor: Int32, _ address: inout Address) throws {
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
        try #require(bound == 0 && listen(descriptor, 4) == 0)
    }
}
