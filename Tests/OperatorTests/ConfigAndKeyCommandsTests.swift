import ArgumentParser
import Crypto
import Domain
import FoundationEssentials
import Operator
import Settings
import Testing
import Text

@Suite struct ConfigAndKeyCommandsTests {
    let fixture: OperatorFixture

    init() throws { fixture = try OperatorFixture() }

    @Test func `config check reports every mistake and fails`() async throws {
        #expect(await fixture.run("config", "check").code == 0)
        try fixture.write("carillon.yaml", "dta: x\nlog: {level: loud}\nstorage: {keyFile: storage.key}\n")
        let ran = await fixture.run("config", "check", "-o", "json")
        #expect(ran.code == 1)
        #expect(try ran.json["mistakes"]?.array?.map { $0["key"]?.string } == ["dta", "log.level"])
        #expect(ran.talk.contains("did you mean data?"))
        #expect(await fixture.run("queue", "status").code == 1)
    }

    @Test func `config show tells the origin and no secret`() async throws {
        let ran = await fixture.run(["config", "show", "--origin"], environment: ["CARILLON_LOG_LEVEL": "debug"])
        #expect(ran.code == 0)
        #expect(ran.output.contains("environment CARILLON_LOG_LEVEL"))
        #expect(!ran.output.contains("AAECAwQF"))
    }

    @Test func `a store that is not there is exit code 5`() async {
        let ran = await fixture.run("queue", "list")
        #expect(ran.code == 5)
        #expect(ran.talk.contains("  try: "))
    }

    @Test func `a generated key fits its file`() async throws {
        let storage = await fixture.run("key", "generate", "storage").output.dropLast()
        #expect(StorageKey(line: storage) != nil)

        let publisher = try await fixture.run("key", "generate", "publisher", "-o", "json").json
        let secret = try #require(publisher["secret"]?.string)
        let hash = try #require(PublisherKeyHash(line: publisher["hash"]?.string ?? ""))
        #expect(secret.hasPrefix("cpk_") && hash.id == publisher["id"]?.string)
        #expect(hash.sha256 == Array(SHA256.hash(data: Data(secret.utf8))))

        let vapid = try await fixture.run("key", "generate", "vapid", "-o", "json").json
        let key = try P256.Signing.PrivateKey(pemRepresentation: vapid["privateKey"]?.string ?? "")
        #expect(Base64.decode(vapid["publicKey"]?.string ?? "") == Array(key.publicKey.x963Representation))

        let webhook = await fixture.run("key", "generate", "webhook").output
        #expect(webhook.hasPrefix("whsec_") && Base64.decode(webhook.dropFirst(6).dropLast())?.count == 32)
    }

    @Test func `a key's file is private, new, and the secret not on standard output`() async throws {
        let path = fixture.folder + "/new.key"
        let ran = await fixture.run("key", "generate", "storage", "--out", path, "-o", "json")
        #expect(ran.code == 0)
        #expect(try ran.json["secret"] == nil)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect("\(mode ?? 0)" == "\(0o600)")
        #expect(await fixture.run("key", "generate", "storage", "--out", path).code == 1)
    }

    @Test func `completions name the commands`() async {
        for shell in ["bash", "zsh", "fish"] {
            let ran = await fixture.run("completions", shell)
            #expect(ran.code == 0 && ran.output.contains("queue"))
            #expect(ran.output.contains("retry-rules") && ran.output.contains("retry-after"))
        }
        #expect(await fixture.run("completions", "csh").code == 2)
    }

    @Test func `every command's help has an example`() async {
        let paths = OperatorCommands.all.flatMap { Self.leaves($0, []) }
        #expect(paths.count > 30)
        for words in paths {
            let ran = await fixture.run(words + ["--help"])
            let path = words.joined(separator: " ")
            #expect(
                ran.code == 0 && ran.output.contains("Example") && ran.output.contains("carillon \(path)"),
                "\(path)"
            )
        }
    }

    private static func leaves(_ command: any ParsableCommand.Type, _ parents: [String]) -> [[String]] {
        let path = parents + [command.configuration.commandName ?? ""]
        let children = command.configuration.subcommands
        return children.isEmpty ? [path] : children.flatMap { leaves($0, path) }
    }

    @Test func `lanes are completed from the store`() async throws {
        let fixture = try OperatorFixture()
        #expect(await fixture.run("---completion", "lane", "show", "--", "lane", "0", "0", "").talk.isEmpty)
        try await fixture.fillStore()
        let ran = await fixture.run("---completion", "lane", "show", "--", "positional@0", "3", "0")
        #expect(ran.output.contains("fcm/onepocket"), "\(ran)")
    }
}
