import DirectoryImport
import Domain
import Testing

struct PreferencesReaderTests {
    func read(_ text: String) throws -> [PreferencesLine] {
        var lines: [PreferencesLine] = []
        let count = try PreferencesReader(file: "p").read(from: Pieces(text.utf8).fill) { lines.append($0) }
        #expect(count == lines.count)
        return lines
    }

    static let document =
        #"{"page":0,"type":["BLOG"],"config":{"blog.publish-post":{"defaultFrequency":"IMMEDIATE","push-notif":false,"#
        + #""type":"BLOG","event-type":"PUBLISH-POST","key":"blog.publish-post"},"news.news-update":{"push-notif":true},"#
        + #""wiki.shared":{"defaultFrequency":"NEVER"}}}"#

    static var asText: String { JSONWriter.text(.string(document)) }

    @Test(arguments: [
        document, asText, "{\"preference\":\(asText)}", JSONWriter.text(.string("{\"preference\":\(document)}")),
    ])
    func `the switches are taken from the document, whatever its wrapping`(preference: String) throws {
        let lines = try read(
            "\u{FEFF}{\"op\":\"upsert\",\"kind\":\"preferences\",\"id\":\"u1\",\"preference\":\(preference),\"language\":\"fr\"}\r\n"
        )
        let choices = TimelineChoices([
            .init(kind: "BLOG.PUBLISH-POST", push: false), .init(kind: "NEWS.NEWS-UPDATE", push: true),
        ])
        #expect(
            lines == [
                PreferencesLine(.upsert, PreferencesRecord(user: "u1", choices: choices, language: "fr"), line: 1)
            ]
        )
    }

    @Test func `what is not said stays unknown, and an empty document is an answer`() throws {
        let lines = try read(
            #"""
            {"op":"upsert","kind":"preferences","id":"1","language":"{\"default-domain\":\"pt-BR\"}"}
            {"op":"upsert","kind":"preferences","id":"2","preference":"","language":{"default-domain":"ar"}}
            {"op":"upsert","kind":"preferences","id":"3","preference":null,"language":""}
            {"op":"remove","kind":"preferences","id":"4","preference":3}
            """#
        )
        #expect(lines.map(\.record.language) == ["pt-BR", "ar", nil, nil])
        #expect(lines.map(\.record.choices) == [nil, TimelineChoices(), TimelineChoices(), nil])
        #expect(lines.map(\.operation) == [.upsert, .upsert, .upsert, .remove])
    }

    @Test func `entries that are no switch are left out and counted`() throws {
        let config =
            #"{"a.b":{"push-notif":"no"},"plain":{"push-notif":true},"c.d":3,"BLOG.X":{"push-notif":true},"blog.x":{"push-notif":false}}"#
        let choices = try #require(
            TimelineChoices(document: try JSONParser.parse("{\"config\":\(config)}"))
        )
        #expect(choices.choices == [.init(kind: "BLOG.X", push: true)])
        #expect(choices.leftOut == 4)
    }

    @Test(arguments: [
        #"{"op":"upsert","kind":"user","id":"1"}"#, #"{"op":"upsert","kind":"preferences","id":""}"#,
        #"{"op":"upsert","kind":"preferences","id":"1","preference":"{\"config\":"}"#,
        #"{"op":"upsert","kind":"preferences","id":"1","preference":[1]}"#,
        #"{"op":"upsert","kind":"preferences","id":"1","preference":{"config":[]}}"#,
        #"{"op":"upsert","kind":"preferences","id":"1","language":"=HYPERLINK(1)"}"#,
        #"{"op":"upsert","kind":"preferences","id":"1","language":3}"#,
        "{\"op\":\"upsert\",\"kind\":\"preferences\",\"id\":\"a\\u202Eb\"}",
        #"{"op":"upsert","kind":"preferences","id":"1","preference":"#,
    ])
    func `a wrong line refuses the file and is named`(line: String) throws {
        let good = #"{"op":"upsert","kind":"preferences","id":"1"}"#
        let error = #expect(throws: ExportError.self) { try read("\(good)\n\(line)\n\(good)") }
        guard case .records(let faults) = error else {
            Issue.record("\(error as Any)")
            return
        }
        #expect(faults.kept.map(\.line) == [2])
    }

    @Test func `a document of 10 MB is one wrong line`() throws {
        let long = String(repeating: "x", count: 10_000_000)
        let error = #expect(throws: ExportError.self) {
            try read("{\"op\":\"upsert\",\"kind\":\"preferences\",\"id\":\"1\",\"preference\":\"\(long)\"}")
        }
        guard case .records(let faults) = error else {
            Issue.record("\(error as Any)")
            return
        }
        #expect(faults.total == 1 && faults.kept.first?.what.contains("262144") == true)
    }
}
