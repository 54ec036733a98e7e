import Domain
import FoundationEssentials
import Providers
import Settings
import Testing

/// Files as people and editors write them.
@Suite struct FieldInputTests {
    let fixture: SettingsFixture

    init() throws { fixture = try SettingsFixture() }

    static let samples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "SampleData/field")

    static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: samples.appending(path: path)), as: UTF8.self)
    }

    @Test func `a byte order mark before the configuration is passed over`() throws {
        let text = try Self.text("07-byte-order-mark/config.yaml")
        #expect(text.utf8.starts(with: [0xEF, 0xBB, 0xBF]))

        let loaded = try fixture.load(text + "\n" + SettingsFixture.least)

        #expect(loaded.settings.data.hasSuffix(".build/carillon-bom"))
    }

    @Test func `a mark and the line ends of Windows before and in secrets are passed over`() throws {
        try fixture.write("storage.key", "\u{FEFF}k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\r\n")
        try fixture.write("one.whsec", "\u{FEFF}whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\r\n\r\n# end\r\n")
        let json = fixture.folder + "/fcm.json"
        let account = try SettingsFixture.credential("fcm.json")
        try fixture.write("fcm.json", "\u{FEFF}" + account)
        let settings = try fixture.load(
            SettingsFixture.least + """
                publishers: [{name: one, secretsFile: one.whsec}]
                providers: {fcm: [{name: a, serviceAccountFile: \(json)}]}
                """
        ).settings

        #expect(settings.storage.keys.map(\.id) == ["k1"])
        #expect(settings.publishers.first?.secrets.map(\.bytes.count) == [24])
        #expect(settings.providers[FCM.self].first?.serviceAccount.bytes == Array(account.utf8))
    }

    @Test func `UTF-16 is named as what it is`() throws {
        try Data([0xFF, 0xFE, 0x6B, 0x00]).write(to: URL(filePath: fixture.folder + "/storage.key"))

        #expect(try fixture.mistakes(SettingsFixture.least).map(\.allowed) == ["the file is UTF-16; save it as UTF-8"])
    }

    @Test(arguments: ["\n", "\r\n"])
    func `text before and behind a private key is left out`(end: String) throws {
        let key = try SettingsFixture.credential("apns.p8").split(separator: "\n").map(String.init)
        let preamble = try Self.text("07-byte-order-mark/preamble.txt")
        let whole =
            preamble
            + (["-----BEGIN EC PARAMETERS-----", "x", "-----END EC PARAMETERS-----"] + key + ["", "bye"])
            .joined(separator: end)
        try fixture.write("apns.p8", "\u{FEFF}" + whole)

        let settings = try fixture.load(
            SettingsFixture.least
                + "providers: {apns: [{name: a, topic: t.t, teamID: ABCDE12345, keyID: 1234567890, keyFile: apns.p8}]}"
        ).settings

        #expect(settings.providers[APNs.self].first?.key.text == key.joined(separator: "\n") + "\n")
    }

    static func webPush(_ subject: String, _ more: String = "") -> String {
        SettingsFixture.least + "providers: {webpush: {keyFile: vapid.pem, subject: \"\(subject)\"\(more)}}"
    }

    @Test func `a subject at a reserved name is refused`() throws {
        var subjects = try Self.text("19-vapid-subjects.txt").split(separator: "\n").map(String.init)
        subjects += [
            "mailto:ops@EXAMPLE.com", "mailto:ops@a.example.net", "https://ent.example.org/contact",
            "https://box.internal:8443",
            "mailto:ops@school.local", "mailto:ops@localhost", "mailto:ops@x.invalid",
        ]
        #expect(subjects.count == 12)
        for subject in subjects {
            #expect(
                try fixture.mistakes(Self.webPush(subject)).map(\.key) == ["providers.webpush.subject"],
                "\(subject)"
            )
        }
    }

    @Test(arguments: [
        "mailto:ops@ent.saint-etienne.fr", "https://myexample.org", "mailto:a@school.latest", "mailto:ops@example.fr",
    ])
    func `a name that only looks like one is taken`(subject: String) throws {
        #expect(try fixture.mistakes(Self.webPush(subject)) == [])
    }

    @Test func `a simulator may answer to a reserved name`() throws {
        #expect(try fixture.mistakes(Self.webPush("mailto:ops@ent.example.org", ", allowPrivateAddresses: true")) == [])
    }

    @Test func `a secret for everybody refuses to start unless the configuration says otherwise`() throws {
        try fixture.write("storage.key", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", mode: 0o644)

        let mistake = try #require(try fixture.mistakes(SettingsFixture.least).first)
        #expect(mistake.key == "storage.keyFile" && mistake.allowed.contains("chmod 600"))
        let allowed = "secrets: {allowWorldReadable: true}\n" + SettingsFixture.least
        #expect(try fixture.load(allowed).warnings.map(\.key).contains("storage.keyFile"))
    }

    @Test func `certificates that are trusted are no secret`() throws {
        try fixture.write("ca.pem", "-----BEGIN CERTIFICATE-----\n", mode: 0o644)

        #expect(
            !(try fixture.load(SettingsFixture.least + "tls: {caFile: ca.pem}").warnings.map(\.key).contains(
                "tls.caFile"
            ))
        )
    }

    @Test func `the case of a school's code does not matter`() throws {
        let settings = try fixture.load(
            SettingsFixture.least + "publishers: [{name: one, secretsFile: one.whsec, schools: [0420001a]}]"
        ).settings

        #expect(settings.publishers.first?.schools == ["0420001A"])
    }
}
