import FanOut
import Testing

@Suite(.serialized, .timeLimit(.minutes(1)))
struct GoAwayTests {
    @Test(arguments: [
        // Streams 1, 3, 5 are held, 7 asks for the GOAWAY: its last stream is below, inside, the last of, above what is in flight.
        ("/goaway/0", 0), ("/goaway/3", 2), ("/goaway/7", 4), ("/goaway/99", 4), ("/goaway-twice/0", 0),
        ("/goaway-twice/3", 2), ("/goaway-twice/7", 4), ("/goaway-twice/99", 4), ("/goaway-thrice/3", 2),
        ("/goaway-calm/3", 2),
    ])
    func `streams above the last of a GOAWAY were not processed and the others are answered`(
        path: String,
        answered: Int
    ) async throws {
        let lane = try TestLane()

        await lane.send(["/hold", "/hold", "/hold", path], untilFinished: 4)

        for ticket in 1...4 as ClosedRange<UInt64> {
            let outcome = lane.feed.outcomes[ticket]
            if ticket <= answered {
                #expect(outcome?.status == 200)
            } else {
                #expect(outcome == .notProcessed(.goAway))
            }
        }
        await lane.send(["/ok"], untilFinished: 5)
        #expect(lane.feed.outcomes[5] == .answered(200, body: "", connection: "2", peak: 1), "on a new connection")
        await lane.end()
    }

    @Test(
        arguments: [
            ("/goaway/7", [7], "GOAWAY NO_ERROR: Shutdown"),
            ("/goaway-twice/7", [.max, 7], "GOAWAY NO_ERROR: Shutdown"),
            ("/goaway-thrice/7", [.max, 9, 7], "GOAWAY NO_ERROR: Shutdown"),
            ("/goaway-calm/7", [7], "GOAWAY ENHANCE_YOUR_CALM: too_many_pings"),
        ] as [(String, [Int32], String)]
    )
    func `the feed learns of each GOAWAY with a reason it can read`(
        path: String,
        last: [Int32],
        sentence: String
    ) async throws {
        let lane = try TestLane()

        await lane.send(["/hold", "/hold", "/hold", path], untilFinished: 4)

        var sentences: Set<String> = []
        let announced = lane.feed.events.compactMap { event -> Int32? in
            guard case .goAway(_, let last, let code, let debug) = event else { return nil }
            sentences.insert(GoAwayText.sentence(code: code, debugData: debug))
            return last
        }
        #expect(announced == last)
        #expect(sentences == [sentence])
        await lane.end()
        #expect(lane.engine.snapshot(of: lane.lane)?.lastError == sentence)
    }

    @Test func `streams above are free at once while those below still wait`() async throws {
        let lane = try TestLane()

        await lane.send(["/hold", "/hold", "/hold", "/goaway-hold/3"], untilFinished: 2)

        #expect(lane.feed.outcomes == [3: .notProcessed(.goAway), 4: .notProcessed(.goAway)])
        let isClosed = lane.feed.events.contains { if case .closed = $0 { true } else { false } }
        #expect(!isClosed)
        await lane.engine.shutDown(within: .zero)
        #expect(lane.feed.outcomes[1] == .ambiguous(.shutdown))
        await lane.end()
    }

    @Test func `streams below wait for their answer as long as any other`() async throws {
        let lane = try TestLane(deadline: .seconds(1))

        await lane.send(["/hold", "/goaway-hold/1"], untilFinished: 2)

        #expect(lane.feed.outcomes[1] == .ambiguous(.deadline))
        #expect(lane.feed.outcomes[2] == .notProcessed(.goAway))
        await lane.end()
    }

    @Test func `a GOAWAY and then the end of TCP leaves only those below in doubt`() async throws {
        let lane = try TestLane()

        await lane.send(["/hold", "/hold", "/hold", "/goaway-close/3"], untilFinished: 4)

        for ticket in 1...2 as ClosedRange<UInt64> {
            guard case .ambiguous(.connectionLost) = lane.feed.outcomes[ticket] else {
                Issue.record("\(String(describing: lane.feed.outcomes[ticket]))")
                continue
            }
        }
        #expect(lane.feed.outcomes[3] == .notProcessed(.goAway))
        #expect(lane.feed.outcomes[4] == .notProcessed(.goAway))
        await lane.end()
    }
}

struct GoAwayTextTests {
    @Test(
        arguments: [
            (#"{"reason":"Shutdown"}"#, "Shutdown"),
            (#"{ "reason" : "BadCollapseId", "timestamp": 1 }"#, "BadCollapseId"),
            (#"{"timestamp":1,"reason":"IdleTimeout"}"#, "IdleTimeout"), ("session_timed_out", "session_timed_out"),
            ("", nil), (#"{"reason":7}"#, #"{"reason":7}"#), (#"{"reason":"#, #"{"reason":"#), (#"{"reason":""}"#, nil),
            ("a\u{1b}[31m\nb", "a?[31m?b"), (#"{"reason":"cut"#, "cut"),
        ] as [(String, String?)]
    )
    func `the reason is read from JSON or from bare text`(debug: String, reason: String?) {
        #expect(GoAwayText.reason(in: Array(debug.utf8)) == reason)
    }

    @Test func `a long reason is cut and an unknown code named by its number`() {
        #expect(GoAwayText.reason(in: [UInt8](repeating: 0x61, count: 1024))?.count == 200)
        #expect(GoAwayText.sentence(code: 77, debugData: []) == "GOAWAY error 77")
    }
}
