import Domain
import Store
import StoreConformance
import Testing

/// The grammar of `--where` and `--not`, and what a wrong one says.
@Suite struct FilterExpressionTests {
    private func problem(_ name: FilterWords.Name, _ text: String) -> FilterWords.WordError? {
        var words = FilterWords()
        words[name] = [text]
        do throws(FilterWords.WordError) { try words.check() } catch { return error }
        return nil
    }

    @Test(
        arguments: [
            "lane=apns/* and age>10m and reason~Unreg* and not school=0751234A", "  state = dead,deferred  ",
            "not http=503 or attempts>=3", "ref='a b' and ref=\"c,d\"", "due<2026-09-14T16:31:00+02:00", "due>=10m",
            "class!=low and kind=BLOG.* and app~BL and device=x and user=y and event!=E-1M85GH3SH0000", "http>=500",
            "age<=7d and age>=1h30m", "not state!=dead",
        ]
    )
    func `what is written well is taken`(text: String) {
        #expect(problem(.where, text) == nil)
    }

    @Test(
        arguments: [
            ("", 1, "one of state, lane"), ("colour=red", 1, "one of state, lane"),
            ("lane", 5, "one of = != ~ after lane"),
            ("lane<x", 5, "one of = != ~ after lane"), ("lane=", 6, "a value"),
            ("state=dead and", 15, "one of state, lane"),
            ("state=dead age>1m", 12, "and, or, or the end"), ("state=dead and state=asleep", 22, "one of pending"),
            ("age>soon", 5, "a length of time"), ("age=10m", 4, "one of < <= > >= after age"),
            ("older>10m", 1, "age, as in age>10m"),
            ("dueBefore<1m", 1, "due, as in due<10m"), ("http>=6xx", 7, "a status"), ("attempts=1,2", 10, "one value"),
            ("ref='open", 5, "a closing quote"), ("ref=''", 5, "a value"), ("lane=a,,b", 6, "values with one comma"),
            ("event=D-1", 7, "an event's id"), ("state=dead AND age>1m", 12, "and, or, or the end"),
            ("not not state=dead", 5, "one of state, lane"), ("state==dead", 6, "one of = != after state"),
            ("é=1", 1, "one of state, lane"), ("(state=dead)", 1, "one of state, lane"),
        ] as [(String, Int, String)]
    )
    func `what is wrong is pointed at`(text: String, position: Int, expected: String) {
        guard case .misplaced(.where, text, position, let said) = problem(.where, text) else {
            Issue.record("\(String(describing: problem(.where, text)))")
            return
        }
        #expect(said.hasPrefix(expected), "\(said)")
    }

    @Test func `length, conditions and expressions are bounded`() {
        let long = "lane=" + String(repeating: "x", count: 995)
        #expect(problem(.where, long) == nil)
        #expect(problem(.where, long + "x") != nil && problem(.not, long + "x") != nil)
        let many = [String](repeating: "http=1xx", count: 50).joined(separator: " or ")
        #expect(problem(.where, many) == nil)
        guard case .misplaced(_, _, _, "at most 50 conditions") = problem(.where, many + " or http=1xx") else {
            Issue.record("more than 50 conditions were taken")
            return
        }
        var words = FilterWords()
        words[.not] = [String](repeating: "lane=x", count: FilterWords.expressionsMax + 1)
        #expect(throws: FilterWords.WordError.self) { try words.check() }
    }

    @Test func `what is left out is one condition`() {
        #expect(problem(.not, "lane=fcm/*") == nil && problem(.not, "age>10m") == nil)
        for text in ["lane=fcm/* and age>1m", "not lane=fcm/*", ""] { #expect(problem(.not, text) != nil, "\(text)") }
    }

    @Test func `expressions are said and sealed as they were written`() throws {
        var words = FilterWords()
        words[.where] = ["lane=apns/* and age>10m", "http=4xx or http=5xx"]
        words[.not] = ["lane=fcm/*"]
        words[.class] = ["urgent"]
        #expect(
            words.description
                == "class urgent, not lane=fcm/*, where lane=apns/* and age>10m, where http=4xx or http=5xx"
        )
        var scope = OrderScope()
        scope.words = words
        #expect(OrderScope(text: scope.text) == scope)
        #expect(try FilterWords(json: words.json) == words)
    }

    @Test func `a state that where names was asked for`() {
        var scope = OrderScope()
        scope.words[.where] = ["lane=x and state=dead,deferred"]
        #expect(scope.namesDead && scope.words.mentions(.state) && !scope.words.mentions(.reason))
        scope.words[.where] = ["state!=dead"]
        #expect(!scope.namesDead && scope.words.mentions(.state))
        // An order about more than the event does not bind what is still to be made.
        scope.words = FilterWords()
        scope.words[.event] = ["E-1M85GH3SH0000"]
        #expect(scope.wholeEvent != nil)
        scope.words[.not] = ["lane=x"]
        #expect(scope.wholeEvent == nil)
    }
}
