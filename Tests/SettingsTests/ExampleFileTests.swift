import Domain
import FoundationEssentials
import Providers
import Settings
import Testing

/// `Config/carillon.yaml` against the code.
@Suite struct ExampleFileTests {
    /// Keys that have a default, but whose example shows something else; the file says so beside each.
    static let examples: Set<String> = [
        "publishers.0.sources", "publishers.0.rights", "publishers.0.secretsFile", "publishers.0.keysFile",
        "parents.userinfoURL",
    ]

    static func example() throws -> EffectiveSettings {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try SettingsLoader.load(
            config: root.appending(path: "Config/carillon.yaml").path,
            environment: [:],
            readingSecrets: false,
            providers: ProviderList.sections
        )
    }

    @Test func `the example names every key there is and no other`() throws {
        let example = try Self.example()

        // An unknown key would have thrown.
        let missing = example.entries.filter { $0.origin == .defaultValue }.map(\.key)
        #expect(missing == [])
        #expect(example.entries.count > 50)
        let keys = example.entries.map(\.key)
        #expect(Set(keys).count == keys.count)
    }

    @Test func `every default in the example is the code's`() throws {
        for entry in try Self.example().entries where !Self.examples.contains(entry.key) {
            guard let expected = entry.defaultValue, expected != "null" || entry.value == "null" else { continue }
            #expect(entry.value == expected, "\(entry.key)")
        }
    }

    @Test func `without a key the code takes what the example shows`() throws {
        let fixture = try SettingsFixture()
        let empty = try fixture.load(SettingsFixture.least).settings
        let example = try Self.example().settings

        #expect(empty.data == example.data)
        #expect(empty.listen.publicAddress == example.listen.publicAddress)
        #expect(empty.listen.adminSocket == example.listen.adminSocket)
        #expect(empty.limits.attemptsMax == example.limits.attemptsMax)
        #expect(empty.log.level == example.log.level)
        #expect(empty.providers[WebPush.self].isEmpty)
    }
}
