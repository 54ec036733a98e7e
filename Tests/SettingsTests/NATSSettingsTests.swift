import Settings
import Testing

@Suite struct NATSSettingsTests {
    private let fixture: SettingsFixture

    init() throws { fixture = try SettingsFixture() }

    private func yaml(_ nats: String) -> String {
        SettingsFixture.least
            + "publishers: [{name: one, keysFile: one.keys}, {name: feeder, rights: [directory], keysFile: one.keys}]\n"
            + "nats: {\(nats)}\n"
    }

    @Test func `without an address no broker is listened to`() throws {
        #expect(try fixture.load(SettingsFixture.least).settings.nats == nil)
        #expect(try fixture.load(yaml("stream: ENT")).settings.nats == nil)
    }

    @Test func `the defaults are entcore's subject and our own names`() throws {
        let nats = try #require(try fixture.load(yaml(#"url: "nats://127.0.0.1:4222", publisher: one"#)).settings.nats)
        #expect(nats.subject == "timeline.notification.send")
        #expect(nats.queueGroup == "carillon" && nats.durable == "carillon")
        #expect(nats.stream == nil && nats.credentials == nil)
    }

    @Test(arguments: [
        (#"url: "http://a:4222", publisher: one"#, "nats.url"),
        (#"url: "nats://a:4222,tls://b:4222", publisher: one"#, "nats.url"),
        (#"url: "nats://me:secret@a:4222", publisher: one"#, "nats.url"),
        (#"url: "nats://a:4222/x", publisher: one"#, "nats.url"),
        (#"url: "nats://a:4222,", publisher: one"#, "nats.url"),
        (#"url: "nats://a:4222""#, "nats.publisher"), (#"url: "nats://a:4222", publisher: two"#, "nats.publisher"),
        (#"url: "nats://a:4222", publisher: feeder"#, "nats.publisher"),
        (#"url: "nats://a:4222", publisher: one, subject: "a..b""#, "nats.subject"),
        (#"url: "nats://a:4222", publisher: one, subject: "a b""#, "nats.subject"),
        (#"url: "nats://a:4222", publisher: one, subject: "a.>.b""#, "nats.subject"),
        (#"url: "nats://a:4222", publisher: one, queueGroup: "a.b""#, "nats.queueGroup"),
        (#"url: "nats://a:4222", publisher: one, stream: "a.b""#, "nats.stream"),
        (#"url: "nats://a:4222", publisher: one, durable: mine"#, "nats.durable"),
        (#"url: "nats://a:4222", publisher: one, jetstream: true"#, "nats.jetstream"),
    ])
    func `what is not allowed is named`(nats: String, key: String) throws {
        let mistakes = try fixture.mistakes(yaml(nats))
        #expect(mistakes.map(\.key) == [key])
        #expect(mistakes.allSatisfy { !"\($0)".contains("secret@") })
    }

    @Test(arguments: ["timeline.notification.send", "ent.*.send", "ent.>", ">"])
    func `subjects may have wildcards`(subject: String) throws {
        let nats = try fixture.load(yaml("url: \"tls://a:4222,tls://b\", publisher: one, subject: \"\(subject)\""))
            .settings.nats
        #expect(nats?.subject == subject && nats?.url == "tls://a:4222,tls://b")
    }

    @Test func `a server that is not tls and not here is warned of`() throws {
        let warned = try fixture.load(yaml(#"url: "nats://a:4222", publisher: one"#)).warnings.map(\.key)
        #expect(warned.contains("nats.url"))
        for url in ["tls://a:4222", "nats://127.0.0.1:4222,nats://localhost:4223"] {
            let warned = try fixture.load(yaml("url: \"\(url)\", publisher: one")).warnings.map(\.key)
            #expect(!warned.contains("nats.url"))
        }
    }

    @Test func `credentials are a file of nsc, a name with a password, or a token`() throws {
        func read(_ text: String) throws -> Settings.NATS.Credentials? {
            try fixture.write("nats.creds", text)
            return try fixture.load(yaml(#"url: "tls://a", publisher: one, credentialsFile: nats.creds"#)).settings
                .nats?.credentials
        }
        guard case .user("me", let password) = try read("me:pass:word\n") else { return #expect(Bool(false)) }
        #expect(password.text == "pass:word")
        guard case .token(let token) = try read("s3cr3t\n") else { return #expect(Bool(false)) }
        #expect(token.text == "s3cr3t")
        let jwt = "-----BEGIN NATS USER JWT-----\neyJ0\n------END NATS USER JWT------\n"
        let seed = "-----BEGIN USER NKEY SEED-----\nSUAB\n------END USER NKEY SEED------\n"
        guard case .file(let path) = try read(jwt + seed) else { return #expect(Bool(false)) }
        #expect(path.hasSuffix("/nats.creds"))
        for wrong in ["", "two\nlines", jwt] {
            let report = #expect(throws: SettingsError.self) { try read(wrong) }
            #expect(report?.mistakes.map(\.key) == ["nats.credentialsFile"])
            #expect(report?.description.contains("lines") != true)
        }
    }
}
