import DirectoryImport
import Domain
import FoundationEssentials
import Providers
import Settings
import Testing

/// What arrives as files, and what people type.
@Suite(.serialized)
struct FileFuzzTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "fuzz-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func with(_ name: String, _ text: [UInt8], _ body: (String) throws -> String) throws -> String {
        let file = folder.appending(path: name)
        try Data(text).write(to: file)
        return try body(file.path)
    }

    private func remove() throws { try FileManager.default.removeItem(at: folder) }

    @Test func `a delivery of AAF is records, or refused`() throws {
        let corpus =
            try Corpus.files("saint-etienne/aaf1d/delta-2026-09-15", bytesMax: 3_000).map {
                $0 + Array("</ficAlimMENESR>".utf8)
            }
            + Corpus.files("field/17-names/upper-case-suffix") + Corpus.found("aaf")
        try FuzzRun(name: "aaf", corpus: corpus).feed(ExportError.self) { text in
            try with("ENT_Delta_Eleve_0000.xml", text) { path in
                var records = 0
                _ = try AAFReader(mode: .delta).read(try AAFExport(paths: [path])) { _ in records += 1 }
                return "\(records)"
            }
        }
        try remove()
    }

    @Test func `an archive is files, or refused, and leaves nothing behind`() throws {
        let corpus = try Corpus.files("field/17-names", where: { $0.hasSuffix(".zip") }) + Corpus.found("archive")
        try FuzzRun(name: "archive", corpus: corpus).feed(ExportError.self, rounds: FuzzRun.rounds / 4) { text in
            try with("a.zip", text) { path in
                try ExportArchive.withUnpacked(path, under: folder.path) { "\($0.count)" }
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.zip"])
        try remove()
    }

    @Test func `lines of the directory are records, or refused`() throws {
        let corpus =
            Array(try Corpus.lines("saint-etienne/directory/users.ndjson")[..<40]) + (try Corpus.found("ndjson"))
        try FuzzRun(name: "ndjson", corpus: corpus).feed(ExportError.self) { text in
            var rest = text[...]
            var lines = 0
            let fill: (UnsafeMutableRawBufferPointer) -> Int = { buffer in
                let piece = rest.prefix(min(100, buffer.count))
                buffer.copyBytes(from: piece)
                rest = rest.dropFirst(piece.count)
                return piece.count
            }
            _ = try UserNDJSONReader(file: "u").read(from: fill) { _ in lines += 1 }
            return "\(lines)"
        }
        try remove()
    }

    @Test func `a configuration is settings, or every mistake of it`() throws {
        let example = Corpus.folder.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Config/carillon.yaml")
        let corpus =
            [Array(try Data(contentsOf: example))] + (try Corpus.files("field/07-byte-order-mark"))
            + (try Corpus.found("yaml"))
        // A configuration has forty kilobytes: an eighth of the rounds takes as long as another parser's.
        try FuzzRun(name: "yaml", corpus: corpus).feed(SettingsError.self, rounds: FuzzRun.rounds / 8) { text in
            try with("carillon.yaml", text) { path in
                let settings = try SettingsLoader.load(
                    config: path,
                    environment: [:],
                    readingSecrets: false,
                    providers: ProviderList.sections
                )
                return "\(settings.warnings)"
            }
        }
        try remove()
    }

    @Test func `a text is shown without controls, and is no longer than it was`() throws {
        let corpus = [
            "<p>Un\nmot</p><p>deux<br/>trois &eacute;</p>", "<a title=\"x > y\" href='z'>lien</a> &nbsp; 3 < 5",
            "<script>x</script>a",
            "e\u{301}l\u{300} 👨‍👩‍👧 &#128512; &amp;amp;",
        ].map { Array($0.utf8) }
        let never = FuzzRun(name: "html", corpus: try corpus + Corpus.found("html"))
        try never.feed(Nothing.self) { text in
            let shown = PlainText.clean(String(decoding: text, as: UTF8.self))
            #expect(shown.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A })
            // A wrong byte becomes the three of U+FFFD.
            #expect(shown.utf8.count <= 3 * text.count)
            // The rule of a run is that something is refused.
            guard !shown.isEmpty else { throw Nothing() }
            return shown
        }
        try remove()
    }

    private struct Nothing: Error {}

    @Test func `a filter is a question, or refused with its place`() throws {
        let corpus = [
            "state dead and lane fcm/* and not reason ~ token", "older 10m", "http 500-599", "class 70011", "device 12",
            "not (state deferred)", "user u1, lane apns/*", "attempts 3..8",
        ].map { Array($0.utf8) }
        try FuzzRun(name: "filter", corpus: try corpus + Corpus.found("filter")).feed(FilterWords.WordError.self) {
            text in
            let word = String(decoding: text, as: UTF8.self)
            var words = FilterWords()
            let names = FilterWords.Name.allCases
            words[.where] = text.count % 3 == 0 ? [word] : []
            words[.not] = text.count % 3 == 1 ? [word] : []
            if text.count % 3 == 2 { words[names[text.count / 3 % names.count]] = [word] }
            try words.check()
            return words.description
        }
        try remove()
    }
}
