import Contract
import Domain
import NATS
import Testing

@testable import API

/// What becomes of messages, as a table.
@Suite struct MessageEndTests {
    private static let refusals: [ProblemCode] = [
        .notJSON, .notUTF8, .tooDeep, .duplicateMember, .malformedIdempotencyKey, .missingRight, .forbiddenSchool,
        .forbiddenSource, .urgentForbidden, .identityConflict, .staleRevision, .tooLarge, .invalidEvent,
        .unknownDialect,
        .unknownSchool, .ambiguousKey,
    ]

    @Test(arguments: refusals) func `what no repetition makes right is ended`(code: ProblemCode) {
        let end = MessageEnd(code, retryAfter: nil)
        #expect(end == .refused(code))
        #expect(end.answer(deliveries: 1) == .ended)
        #expect(end.word(isKept: true) == "refused" && end.word(isKept: false) == "refused")
        #expect(end.code == code)
    }

    @Test(arguments: [ProblemCode.storeUnavailable, .overloaded, .rateLimited, .tooManyScheduled, .internalError])
    func `what cannot be promised now comes again`(code: ProblemCode) {
        let end = MessageEnd(code, retryAfter: 5)
        #expect(end == .notNow(code, after: .seconds(5)))
        #expect(end.word(isKept: true) == "deferred")
        #expect(end.word(isKept: false) == "lost")
        #expect(MessageEnd(code, retryAfter: nil) == .notNow(code, after: .seconds(1)))
    }

    @Test(arguments: [(1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (1000, 60), (0, 5)])
    func `a message that comes in vain waits longer each time`(deliveries: Int, seconds: Int) {
        let end = MessageEnd.notNow(.storeUnavailable, after: .seconds(5))
        #expect(end.answer(deliveries: deliveries) == .again(after: .seconds(seconds)))
    }

    @Test func `what is on the disk is acknowledged, over whatever api it came`() {
        for (end, word) in [(MessageEnd.accepted, "accepted"), (.duplicate, "duplicate")] {
            #expect(end.answer(deliveries: 3) == .taken)
            #expect(end.word(isKept: true) == word)
            #expect(end.code == nil)
        }
    }

    @Test func `answers are those of the protocol`() {
        #expect(NATSAnswer.taken.text == "+ACK")
        #expect(NATSAnswer.ended.text == "+TERM")
        #expect(NATSAnswer.again(after: .milliseconds(1500)).text == #"-NAK {"delay": 1500000000}"#)
    }
}

@Suite struct BrokerLinkTests {
    private let start = Instant(milliseconds: 1_000_000)

    @Test func `a server that is away is asked every half minute at most`() {
        var link = BrokerLink(now: start)
        #expect(link.alarm == nil && !link.isConnected)
        let waits = (0..<8).map { link.ended("refused", now: start + .seconds($0), share: 1) }
        #expect(waits == [1, 2, 4, 8, 16, 30, 30, 30].map { .seconds($0) })
        #expect(link.alarm == "NATS is not connected since \(start.rfc3339): refused")
        #expect(link.ended("refused", now: start, share: 0) == .seconds(15))
    }

    @Test func `a connection that lasted begins anew, one that ends at once does not`() {
        var link = BrokerLink(now: start)
        for _ in 0..<6 { _ = link.ended("refused", now: start, share: 1) }
        link.connected(now: start + .seconds(100))
        #expect(link.isConnected && link.alarm == nil)
        #expect(link.ended("closed", now: start + .seconds(101), share: 1) == .seconds(30))
        #expect(link.state == .apart(since: start + .seconds(101), reason: "closed"))
        link.connected(now: start + .seconds(200))
        #expect(link.ended("closed", now: start + .seconds(230), share: 1) == .seconds(1))
    }
}

@Suite struct TroubleTests {
    private let notNow = MessageEnd.notNow(.storeUnavailable, after: .seconds(5))

    @Test func `a run of refusals is told once, and its end`() {
        var trouble = Trouble()
        #expect(trouble.lines([.accepted], dropped: 0, isKept: true) == [])
        let began = trouble.lines([.accepted, notNow, notNow], dropped: 0, isKept: true)
        #expect(began == [.init(text: "messages cannot be taken now and come again: storeUnavailable", isOver: false)])
        #expect(trouble.lines([notNow], dropped: 0, isKept: true) == [])
        #expect(trouble.lines([], dropped: 0, isKept: true) == [])
        #expect(
            trouble.lines([.duplicate], dropped: 0, isKept: true)
                == [.init(text: "messages are taken again", isOver: true)]
        )
        #expect(trouble.lines([notNow], dropped: 0, isKept: false).first?.text.contains("are lost") == true)
    }

    @Test func `a flood is told once while it lasts`() {
        var trouble = Trouble()
        #expect(trouble.lines([.accepted], dropped: 7, isKept: false).count == 1)
        #expect(trouble.lines([.accepted], dropped: 9, isKept: false) == [])
        #expect(trouble.dropped == 9)
        #expect(trouble.lines([.accepted], dropped: 9, isKept: false) == [])
        #expect(trouble.lines([.accepted], dropped: 10, isKept: false).count == 1)
    }
}

@Suite struct MessageHeadersTests {
    @Test(
        arguments: [
            (["nats-msg-id": "a b"], "\"a b\""), (["nats-msg-id": #"a"\b"#], #""a\"\\b""#),
            (["nats-msg-id": "é"], "\"c3-a9\""),
            (["idempotency-key": "own", "nats-msg-id": "a"], "own"), ([:], nil),
        ] as [([String: String], String?)]
    )
    func `the stream's identity of a message is its idempotency key`(headers: [String: String], key: String?) {
        #expect(MessageHeaders(headers)["Idempotency-Key"] == key)
    }
}
