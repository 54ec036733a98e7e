import Domain
import Store
import StoreConformance
import Testing

@Suite struct FilterWordsTests {
    @Test(
        arguments: [
            ("*", "", true), ("UNAVAIL*", "unavailable", true), ("a?c", "abc", true), ("a?c", "ac", false),
            ("*b*b", "abab", true), ("*b*b", "abba", false), ("fcm/*", "fcm/onepocket", true), ("", "x", false),
            ("word", "words", false), ("**x", "x", true),
        ] as [(String, String, Bool)]
    )
    func `a pattern matches a whole word`(pattern: String, text: String, expected: Bool) {
        #expect(GlobPattern(pattern).matches(text) == expected)
    }

    @Test(
        arguments: [
            ("90s", 90_000), ("10m", 600_000), ("1h30m", 5_400_000), ("7d", 604_800_000), ("", nil), ("5", nil),
            ("m", nil),
            ("1m1h", nil), ("1h1h", nil), ("-5m", nil), ("1.5h", nil), ("9999999999s", nil), ("99999d", nil),
        ] as [(String, Int64?)]
    )
    func `lengths of time are numbers with units, the largest first`(text: String, expected: Int64?) {
        #expect(TimeLength.milliseconds(text) == expected)
    }

    @Test(
        arguments: [
            (">=3", [3, 9], [2]), ("<2", [0, 1], [2]), ("=1", [1], [0, 2]), ("4", [4], [5]), (">0", [1], [0]),
            ("<=1", [1], [2]),
        ] as [(String, [Int], [Int])]
    )
    func `a comparison holds for what it says`(text: String, holds: [Int], not: [Int]) throws {
        let comparison = try #require(QueueFilter.Comparison(text))
        #expect(holds.allSatisfy(comparison.holds) && !not.contains(where: comparison.holds))
    }

    @Test(
        arguments: [
            (.state, "asleep"), (.state, "inFlight"), (.event, "X-1"), (.http, "600"), (.http, "6xx"), (.http, "abc"),
            (.older, "soon"), (.dueBefore, "yesterday"), (.attempts, ">>1"), (.attempts, "<0"), (.attempts, "many"),
        ] as [(FilterWords.Name, String)]
    )
    func `a word that means nothing is named`(name: FilterWords.Name, word: String) {
        var words = FilterWords()
        words[name] = [word]
        do {
            try words.check()
            Issue.record("\(word) was taken")
        } catch {
            guard case .malformed(name, word, _) = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test func `words are said in one order`() {
        var words = FilterWords()
        words[.lane] = ["fcm/*"]
        words[.state] = ["dead", "deferred"]
        words[.user] = []
        #expect(words.description == "state dead,deferred, lane fcm/*")
    }

    @Test func `a filter is the same from JSON`() throws {
        var words = FilterWords()
        words[.state] = ["dead", "deferred"]
        words[.older] = ["10m"]
        #expect(try FilterWords(json: words.json) == words)
        #expect(try FilterWords(json: JSONObject(["older": "10m", "state": ["dead", "deferred"]])) == words)
        #expect(throws: FilterWords.WordError.noSuchName("color")) {
            try FilterWords(json: JSONObject(["color": "red"]))
        }
        for wrong in [.number(1), "", [.null]] as [JSONValue] {
            #expect(throws: FilterWords.WordError.self) { try FilterWords(json: JSONObject(["lane": wrong])) }
        }
    }
}
