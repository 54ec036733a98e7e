import Domain
import FoundationEssentials
import Settings
import Testing

@Suite struct MessagesFolderTests {
    private static var folder: String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Config/messages").path
    }

    private static let french = MessagesFolder.standard[0]

    @Test func `the files in Config are the built-in texts`() throws {
        let fixture = try SettingsFixture()
        let read = try fixture.load(SettingsFixture.least + "messagesFolder: \(Self.folder)\n").settings.messages

        #expect(read == MessagesFolder.standard.sorted { $0.language < $1.language })
        #expect(read.map(\.language) == ["ar", "en", "es", "fr", "pt", "tr"])
    }

    @Test(arguments: MessagesFolder.standard)
    func `no language lacks a text`(_ texts: MessageTexts) {
        #expect(Set(texts.texts.keys) == Set(MessageTexts.Key.allCases), "\(texts.language)")
        #expect(Set(texts.applications.keys) == Set(Self.french.applications.keys), "\(texts.language)")
        #expect(Set(texts.kinds.keys) == Set(Self.french.kinds.keys), "\(texts.language)")
        #expect(texts.text(.recapTitle, count: 17).contains("17"), "\(texts.language)")
    }

    @Test(arguments: MessagesFolder.standard)
    func `texts of other languages are other texts, short enough and without marks of direction`(_ texts: MessageTexts)
    {
        let all = Array(texts.texts.values) + texts.applications.values + texts.kinds.values
        #expect(all.allSatisfy { !$0.isEmpty && $0.count <= 60 && !$0.holdsControl })
        guard texts.language != "fr" else { return }
        let same = texts.kinds.filter { Self.french.kinds[$0.key] == $0.value }
        #expect(same.isEmpty, "\(texts.language)")
    }

    @Test func `a folder of one's own names what differs, and adds a language`() throws {
        let fixture = try SettingsFixture()
        let folder = fixture.folder + "/texts"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try fixture.write("texts/fr.yaml", "kinds:\n  blog.share: \"À vous\"\n")
        try fixture.write("texts/de.yaml", "applications:\n  BLOG: \"Neuer Beitrag\"\n")
        try fixture.write("texts/README.txt", "not ours")
        let catalogue = MessageCatalogue(
            try fixture.load(SettingsFixture.least + "messagesFolder: texts\n").settings.messages
        )

        #expect(catalogue.texts(for: "fr").title(kind: "BLOG.SHARE") == "À vous")
        #expect(catalogue.texts(for: "fr").title(kind: "BLOG.SUBMIT-POST") == Self.french.kinds["BLOG.SUBMIT-POST"])
        #expect(catalogue.texts(for: "de-AT").title(kind: "BLOG.X") == "Neuer Beitrag")
        #expect(catalogue.texts(for: "de").title(kind: "NEWS.X") == Self.french.applications["NEWS"])
    }

    @Test(arguments: [
        ("text:\n  a: b\n", "1 text: unknown key; did you mean texts?"),
        ("texts:\n\n  recap: b\n", "3 texts.recap: unknown key"),
        ("kinds:\n  BLOG: \"b\"\n", "2 kinds.BLOG: must be an application in applications, and APP.ACTION in kinds"),
        ("kinds:\n  BLOG.A: \"\"\n", "2 kinds.BLOG.A: must not be empty"),
        ("kinds:\n  BLOG.A: \"\\u202eb\"\n", "2 kinds.BLOG.A: must hold no control characters"),
        ("kinds:\n  BLOG.A: [b]\n", "2 kinds.BLOG.A: must be one value"),
    ])
    func `each mistake is told with its line`(_ text: String, _ expected: String) throws {
        let fixture = try SettingsFixture()
        try FileManager.default.createDirectory(atPath: fixture.folder + "/texts", withIntermediateDirectories: true)
        try fixture.write("texts/fr.yaml", text)
        let mistakes = try fixture.mistakes(SettingsFixture.least + "messagesFolder: texts\n")
        #expect(mistakes.count == 1)
        let told = mistakes.map { "\($0.line ?? 0) \($0.key): \($0.allowed)" }.joined()
        #expect(told.hasPrefix(expected), "\(told)")
        #expect(mistakes.first?.origin.description.hasPrefix(fixture.folder + "/texts/fr.yaml") ?? false)
    }

    @Test func `a folder that is not there is a mistake of the configuration`() throws {
        let mistakes = try SettingsFixture().mistakes(SettingsFixture.least + "messagesFolder: none\n")
        #expect(mistakes.map(\.key) == ["messagesFolder"])
    }
}
