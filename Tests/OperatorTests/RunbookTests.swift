import FoundationEssentials
import Testing

@testable import Operator

/// The runbook in both languages: the same parts under the same names, so that an alert's link leads to either, with the same commands.
struct RunbookTests {
    private struct Part: Equatable {
        var anchor: String
        /// What stands between backquotes, as often as it does.
        var codes: [String: Int]
    }

    private static func text(_ name: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return String(decoding: try Data(contentsOf: root.appending(path: "deploy/" + name)), as: UTF8.self)
    }

    /// The titles of a book, without what names them.
    private static func titles(_ text: String) -> [String] {
        text.matches(of: #/(?m)^## (?:<a id="[a-z-]+"></a>)?(.+)$/#).map { String($0.1) }
    }

    private static func parts(_ text: String) -> [Part] {
        text.split(separator: "\n## ").dropFirst().map { part in
            let title = part.prefix { $0 != "\n" }
            let named = title.firstMatch(of: #/^<a id="([a-z-]+)"></a>/#).map { String($0.1) }
            let codes = part.dropFirst(title.count).matches(of: #/`([^`]+)`/#).map { String($0.1) }
            return Part(anchor: named ?? anchor(title), codes: Dictionary(codes.map { ($0, 1) }, uniquingKeysWith: +))
        }
    }

    /// As the places that show Markdown make it of a title.
    private static func anchor(_ title: Substring) -> String {
        String(
            title.lowercased().filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" }.map {
                $0 == " " ? "-" : $0
            }
        )
    }

    @Test func `both have the same parts and the same commands`() throws {
        let (english, french) = (Self.parts(try Self.text("RUNBOOK.md")), Self.parts(try Self.text("RUNBOOK.fr.md")))
        #expect(english.count > 20)
        #expect(english.map(\.anchor) == french.map(\.anchor))
        for (one, other) in zip(english, french) { #expect(one == other) }
    }

    @Test func `what a screen calls a part of it is one`() throws {
        let (english, french) = (Self.titles(try Self.text("RUNBOOK.md")), Self.titles(try Self.text("RUNBOOK.fr.md")))
        for (sentence, said) in FrenchCatalogue.sentences {
            if let part = sentence.firstMatch(of: #/runbook, ([A-Z][a-z ]+)/#) {
                #expect(english.contains(String(part.1)), "\(sentence)")
            }
            if said.contains("guide d’exploitation") {
                let part = try #require(said.firstMatch(of: #/«\u{A0}(.+)\u{A0}»/#), "\(said)")
                #expect(french.contains(String(part.1)), "\(said)")
            }
        }
    }
}
