import Crypto
import Domain
import FoundationEssentials
import Settings
import Testing

@Suite struct InitCommandTests {
    let fixture: OperatorFixture
    var folder: String { fixture.folder + "/new" }

    init() throws { fixture = try OperatorFixture() }

    private func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: folder + "/" + name)), as: UTF8.self)
    }

    private func mode(_ name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: folder + "/" + name)[.posixPermissions] as? Int
    }

    @Test func `what is made passes the check`() async throws {
        let ran = await fixture.run("init", folder, "-o", "json")
        #expect(ran.code == 0, "\(ran)")

        let checked = await fixture.run(
            ["config", "check", "--config", folder + "/carillon.yaml"],
            // Whatever listens on this machine.
            environment: ["CARILLON_LISTEN_PUBLIC": "127.0.0.1:0", "CARILLON_LISTEN_METRICS": "127.0.0.1:0"]
        )
        #expect(checked.code == 0, "\(checked)")
        let files = try ran.json["files"]?.array?.compactMap(\.string) ?? []
        #expect(files.count == 6)
        for file in files { #expect(try mode(String(file.dropFirst(folder.count + 1))) == 0o600, "\(file)") }
        let hash = try #require(PublisherKeyHash(line: try text("secrets/one.keys").dropLast()))
        #expect(hash.sha256 == Array(SHA256.hash(data: Data(try text("secrets/one.key").dropLast().utf8))))
    }

    @Test func `what exists stays as it is`() async throws {
        #expect(await fixture.run("init", folder).code == 0)
        let key = try text("secrets/storage.key")

        let again = await fixture.run("init", folder)

        #expect(again.code == 1 && again.talk.contains("  try: "))
        #expect(try text("secrets/storage.key") == key)
        #expect(await fixture.run("init", folder + "/a/b").code == 1)
    }

    @Test func `beside a simulator there are scripts that run it`() async throws {
        let ran = await fixture.run("init", folder, "--simulator", "--port", "20000")
        #expect(ran.code == 0, "\(ran)")

        for name in ["start", "push", "stop"] { #expect(try mode(name) == 0o700, "\(name)") }
        #expect(try text("carillon.yaml").contains("127.0.0.1:20000"))
        #expect(try text("start").contains("--port 20003 --http-port 20002"))
        // The simulator makes its credentials when it starts: they are all that is missing.
        let checked = await fixture.run(
            ["config", "check", "--config", folder + "/carillon.yaml", "-o", "json"],
            environment: ["CARILLON_LISTEN_PUBLIC": "127.0.0.1:0", "CARILLON_LISTEN_METRICS": "127.0.0.1:0"]
        )
        let keys = try checked.json["mistakes"]?.array?.compactMap { $0["key"]?.string } ?? []
        #expect(Set(keys) == ["providers.fcm.0.serviceAccountFile", "tls.caFile"], "\(checked)")
        #expect(await fixture.run("init", folder + "2", "--simulator", "--port", "65533").code == 2)
    }
}
