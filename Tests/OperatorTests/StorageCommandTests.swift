import Domain
import FoundationEssentials
import Testing

/// Storage keys from the command line, without a service.
@Suite(.timeLimit(.minutes(1)))
struct StorageCommandTests {
    static let k1 = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    static let k2 = "k2:\(Data([UInt8](repeating: 7, count: 32)).base64EncodedString())\n"

    let fixture: OperatorFixture

    init() throws { fixture = try OperatorFixture() }

    private func keys() async throws -> [JSONValue] {
        try await fixture.run("storage", "keys", "-o", "json").json["items"]?.array ?? []
    }

    @Test func `a rotation from the first look to the last`() async throws {
        try await fixture.fillStore()
        #expect(try await keys().map { $0["key"] } == ["k1"])

        // The new key first: the old one still seals, and must stay.
        try fixture.write("storage.key", Self.k2 + Self.k1)
        let before = await fixture.run("config", "check")
        #expect(before.code == 0 && before.talk.contains("the key \"k1\" still seals 1 devices"), "\(before.talk)")
        #expect(await fixture.run("doctor", "--no-network").output.contains("still seals"))

        // Taken out too early: said before a restart finds out.
        try fixture.write("storage.key", Self.k2)
        let early = await fixture.run("config", "check")
        #expect(early.talk.contains("they cannot be rung"))
        #expect(await fixture.run("doctor", "--no-network").code == 1)

        try fixture.write("storage.key", Self.k2 + Self.k1)
        let moved = await fixture.run("storage", "reseal", "--offline", "--why", "rotation")
        #expect(moved.code == 0 && moved.output.contains("1 sealed anew"), "\(moved.talk)")
        let after = try await keys()
        #expect(after.map { $0["devices"] } == [1, 0])
        #expect(after.map { $0["right"] } == [true, true])
        try fixture.write("storage.key", Self.k2)
        let late = await fixture.run("config", "check")
        #expect(late.code == 0 && !late.talk.contains("seals"))
    }

    @Test func `a wrong key under a right name fails the check with file and remedy`() async throws {
        try await fixture.fillStore()
        try fixture.write("storage.key", Self.k2.replacing("k2", with: "k1"))

        let ran = await fixture.run("config", "check")

        #expect(ran.code == 1)
        #expect(
            ran.talk.contains("storage.keyFile") && ran.talk.contains("storage.key") && ran.talk.contains("new name")
        )
    }

    @Test func `a reseal without a service says how to go on`() async throws {
        try await fixture.fillStore()
        let ran = await fixture.run("storage", "reseal")
        #expect(ran.code == 4 && ran.talk.contains("--offline"))
    }
}
