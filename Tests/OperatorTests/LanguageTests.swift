import ArgumentParser
import Domain
import FoundationEssentials
import Testing

@testable import Operator

/// Which language is spoken, and that the French is whole.
struct LanguageTests {
    @Test(
        arguments: [
            ([:], .english), (["LANG": "fr_FR.UTF-8"], .french), (["LANG": "fr.utf8"], .french),
            (["LANG": "fr_CA.UTF-8", "LC_MESSAGES": "en_US.UTF-8"], .english),
            (["LANG": "en_US.UTF-8", "LC_MESSAGES": "fr_BE.UTF-8"], .french),
            (["LANG": "en_US.UTF-8", "LC_MESSAGES": "fr_FR"], .french),
            (["LANG": "fr_FR.UTF-8", "LC_ALL": "C"], .english), (["LANG": "fr_FR.UTF-8", "LC_ALL": ""], .french),
            (["LANG": "fr_FR.UTF-8", "LC_CTYPE": "C"], .english), (["LC_ALL": "fr_FR.ISO-8859-1"], .english),
            (["LC_ALL": "fr_FR"], .english), (["LC_MESSAGES": "fr_FR.UTF-8"], .french),
            (["LC_ALL": "fur_IT.UTF-8"], .english), (["LC_ALL": "POSIX", "LC_MESSAGES": "fr_FR.UTF-8"], .english),
        ] as [([String: String], Language)]
    )
    func `the locale decides`(environment: [String: String], language: Language) {
        #expect(Language(environment) == language)
    }

    @Test func `every sentence has its French, and every French its sentence`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let sources = try SourceSentences(folder: root.appending(path: "Sources/Operator"))
        #expect(sources.faults == [])
        #expect(sources.templates.count > 500)
        let french = FrenchCatalogue.sentences
        let used = Set(sources.templates.keys).union(sources.titles).union(KnownTexts.all)
        #expect(used.subtracting(french.keys).sorted().map { "\($0) in \(sources.templates[$0] ?? "-")" } == [])
        #expect(Set(french.keys).subtracting(used).sorted() == [])
        for (sentence, said) in french {
            #expect(Self.places(sentence) == Self.places(said), "\(sentence)")
            #expect(!said.isEmpty)
        }
    }

    /// The numbers behind `%`, with those that decide between words.
    private static func places(_ template: String) -> Set<Substring> {
        Set(template.matches(of: #/%([1-9])/#).map { $0.1 })
    }

    @Test func `French puts its signs as its printers do`() {
        for said in FrenchCatalogue.sentences.values {
            // A line must not break before these signs, so a narrow or a wide space of no break stands there.
            #expect(said.firstMatch(of: #/[^ ] (?:[;?!»]|%(?![1-9]))/#) == nil, "\(said)")
            #expect(said.firstMatch(of: #/[^ ] :( |$)/#) == nil, "\(said)")
            #expect(said.firstMatch(of: #/« |[a-zé]'[a-zéh]/#) == nil, "\(said)")
        }
    }

    @Test(
        arguments: [
            (0, "0 lettre morte"), (1, "1 lettre morte"), (2, "2 lettres mortes"),
            (12_345, "12\u{202F}345 lettres mortes"),
        ] as [(Int64, String)]
    )
    func `none and one are singular in French`(count: Int64, said: String) {
        let sentence: Sentence = "\(count) {1:dead letter|dead letters}"
        #expect(sentence.text(in: .french) == said)
        #expect(sentence.text(in: .english) == "\(count) dead letter" + (count == 1 ? "" : "s"))
    }

    @Test func `names of numbers stay whole`() {
        let pid: Sentence = "pid \(digits: 12_345), up \("3 h")"
        #expect(pid.text(in: .english) == "pid 12345, up 3 h")
        #expect(pid.text(in: .french) == "pid 12345, en marche depuis 3 h")
        let size: Sentence = "\(decimal: "3.1") GB"
        #expect(size.text(in: .french) == "3,1\u{A0}Go")
        let day: Sentence = "ended on \(day: Instant(seconds: 0))"
        #expect(day.text(in: .english) == "ended on 1970-01-01")
        #expect(day.text(in: .french) == "a expiré le 01/01/1970")
    }

    @Test func `a percent sign and a brace that are none stay`() {
        let sentence: Sentence = "only \(7) % of the inodes are free"
        #expect(sentence.text(in: .english) == "only 7 % of the inodes are free")
        #expect(("a {b} 100 %, %9" as Sentence).text(in: .english) == "a {b} 100 %, %9")
    }

    @Test func `every command says for whom its answer is`() {
        func leaves(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
            let inner = command.configuration.subcommands
            return inner.isEmpty ? [command] : inner.flatMap(leaves)
        }
        let silent = OperatorCommands.all.flatMap(leaves).filter { !($0 is any AnsweringCommand.Type) }
        #expect(silent.map { "\($0)" } == ["CompletionsCommand"])
    }
}
