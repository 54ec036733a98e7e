import Contract
import Domain
import HTTPTypes
import Testing

@testable import API

/// The addresses of problem types.
struct ProblemPageTests {
    @Test func `every code has a page and an object in both languages`() async throws {
        try await Gateway.run { _, api async throws in
            for code in ProblemCode.allCases {
                for language in ProblemCode.Language.allCases {
                    let headers = ["Accept-Language": language.rawValue, "Accept": "text/html"]
                    let page = try await api.send(.get, code.path, headers)
                    let text = code.text(language)
                    #expect(page.status == 200 && page.header("Content-Type") == "text/html; charset=utf-8")
                    #expect(page.header("Content-Language") == language.rawValue)
                    let html = String(decoding: page.body, as: UTF8.self)
                    #expect(html.contains("<html lang=\"\(language.rawValue)\">") && html.contains(code.rawValue))
                    for sentence in [text.title, text.meaning, text.remedy] where !sentence.contains(/[<>&]/) {
                        #expect(html.contains(sentence))
                    }
                    let object = try await api.send(.get, code.path, ["Accept-Language": language.rawValue])
                    #expect(object.header("Vary") == "Accept, Accept-Language")
                    #expect(try object.json == ProblemTypeView(code, language).wire)
                }
            }
        }
    }

    @Test func `all of them are listed`() async throws {
        try await Gateway.run { _, api async throws in
            let list = try await api.send(.get, "/problems", ["Accept-Language": "fr-CA"])
            #expect(
                try list.json["items"]?.array?.compactMap { $0["code"]?.string } == ProblemCode.allCases.map(\.rawValue)
            )
            #expect(try list.json["items"]?.array?.first?["language"] == "fr")
            let page = try await api.send(.get, "/problems", ["Accept": "text/html,*/*;q=0.8"])
            let html = String(decoding: page.body, as: UTF8.self)
            #expect(ProblemCode.allCases.allSatisfy { html.contains("href=\"\($0.path)\"") })
            let unknown = try await api.send(.get, "/problems/<b>")
            #expect(unknown.status == 404 && unknown.code == "notFound")
        }
    }

    @Test func `a problem says where its page is`() async throws {
        try await Gateway.run { _, api async throws in
            let problem = try await api.send(.get, "/v1/events")
            #expect(problem.header("Link") == "</problems/unauthenticated>; rel=\"help\"")
            #expect(try await api.send(.get, "/problems/unauthenticated").status == 200)
        }
    }

    @Test(arguments: [
        (nil, "a/b"), ("", "a/b"), ("a/c", "a/c"), ("*/*", "a/b"), ("a/c, a/b", "a/c"), ("a/c;q=0.5, a/b", "a/b"),
        ("a/*;q=0.5, a/b;q=0.1", "a/c"), ("a/b;q=0", "a/b"), ("x/y", "a/b"), ("a/c;q=x", "a/b"), (" A/C ; q=1 ", "a/c"),
        ("a/c;q=0, */*", "a/b"), (",,;;=", "a/b"),
    ])
    func `what is wished for most is given`(header: String?, expected: String) {
        #expect(Negotiation.best(of: ["a/b", "a/c"], header) == expected)
    }

    @Test(arguments: [
        (nil, "en"), ("fr", "fr"), ("fr-FR,fr;q=0.9,en;q=0.8", "fr"), ("de, fr;q=0.3", "fr"), ("en-GB, fr;q=0.9", "en"),
        ("frr", "en"), ("*", "en"), ("*;q=0.1, fr;q=0.5", "fr"),
    ])
    func `languages are found by their first part`(header: String?, expected: String) {
        #expect(Negotiation.best(of: ["en", "fr"], header) == expected)
    }
}
