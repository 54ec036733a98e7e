import Domain
import Settings
import Testing

@Suite struct SecretFilesTests {
    let fixture: SettingsFixture

    init() throws { fixture = try SettingsFixture() }

    @Test(arguments: [
        ("one.whsec", "whsec_short\n", "line 1 must be whsec_"),
        // 23 bytes, and 65.
        ("one.whsec", "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n", "line 1 must be whsec_"),
        ("one.whsec", "whsec_\(Base64.encode([UInt8](repeating: 7, count: 65)))\n", "line 1 must be whsec_"),
        ("one.whsec", "\n# nothing\n", "has no line"),
        ("one.whsec", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\nwhsec_!\n", "line 1 and 1 more must be whsec_"),
        ("one.keys", "k1 sha256:abcd\n", "line 1 must be <key id> sha256:"),
        ("one.keys", "cpk_thekeyitself\n", "line 1 must be <key id> sha256:"),
    ])
    func `a malformed secret is named by its line and never shown`(file: String, text: String, expected: String) throws
    {
        try fixture.write(file, text)
        let mistakes = try fixture.mistakes(
            SettingsFixture.least + "publishers: [{name: a, secretsFile: one.whsec, keysFile: one.keys}]"
        )

        let mistake = try #require(mistakes.first)
        #expect(mistakes.count == 1)
        #expect(mistake.allowed.hasPrefix(expected))
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            #expect(!mistake.description.contains(line))
        }
    }

    @Test(arguments: [
        ("[directory]", "secretsFile: one.whsec", ["publishers.0.rights"]),
        ("[events]", "secretsFile: one.whsec", []),
        ("[events, directory]", "secretsFile: one.whsec, keysFile: one.keys", []),
    ])
    func `who may deliver the directory and has no key is told before the first delivery`(
        rights: String,
        files: String,
        warned: [String]
    ) throws {
        let loaded = try fixture.load(
            SettingsFixture.least + "publishers: [{name: a, rights: \(rights), \(files)}]"
        )
        #expect(loaded.warnings.map(\.key).filter { $0.hasPrefix("publishers") } == warned)
    }

    @Test(arguments: ["k1:AAAA\n", ":AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", "AAECAwQF\n"])
    func `a storage key must be 32 bytes with an id`(text: String) throws {
        try fixture.write("storage.key", text)
        #expect(try fixture.mistakes(SettingsFixture.least).map(\.key) == ["storage.keyFile"])
    }

    @Test func `two storage keys of one id are refused`() throws {
        let line = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
        try fixture.write("storage.key", line + line)
        #expect(try fixture.mistakes(SettingsFixture.least).first?.allowed == "two keys have the same id")
    }

    @Test func `credentials are checked by whoever knows them`() throws {
        try fixture.write("fcm.json", "{}")
        try fixture.write("apns.p8", "pem")
        try fixture.write("vapid.pem", try SettingsFixture.credential("fcm.json"))
        let mistakes = try fixture.mistakes(
            SettingsFixture.least + """
                providers:
                  fcm: [{name: a, serviceAccountFile: fcm.json}]
                  apns: [{name: a, topic: t, teamID: ABCDE12345, keyID: 1234567890, keyFile: apns.p8}]
                  webpush: {keyFile: vapid.pem, subject: "mailto:a@b.fr"}
                """
        )
        #expect(
            mistakes.map(\.key) == [
                "providers.fcm.0.serviceAccountFile", "providers.apns.0.keyFile", "providers.webpush.keyFile",
            ]
        )
        #expect(mistakes.first?.allowed == "the member type is missing or empty")
        #expect(mistakes.allSatisfy { !$0.allowed.contains("MII") })
    }

    @Test func `a folder, a missing and an endless file are no secrets`() throws {
        let yaml = "publishers: [{name: a, secretsFile: ., keysFile: nothing}]\nstorage: {keyFile: /dev/zero}"
        let mistakes = try fixture.mistakes(yaml)
        #expect(
            mistakes.map(\.allowed) == [
                "the file does not exist", "the file is not a plain file", "the file is not a plain file",
            ]
        )
    }

    @Test func `secrets are not touched when they are not wanted`() throws {
        let loaded = try fixture.load("storage: {keyFile: nowhere.key}", secrets: false)
        #expect(loaded.settings.storage.keys == [])
    }

    @Test func `no description shows a secret`() {
        let secret = Secret(Array("hush".utf8))
        var dumped = ""
        dump(secret, to: &dumped)
        #expect("\(secret)\(String(reflecting: secret))\(dumped)".contains("hush") == false)
        #expect(dumped.contains("104") == false)
    }
}
