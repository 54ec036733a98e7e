import Simulator
import Synchronization
import Testing

/// What scripts make of an answer, and when, without sockets.
struct BehaviourTests {
    private let fixture = Fixture()

    private final class Clock: Sendable {
        let milliseconds = Mutex(Fixture.now * 1000)
    }

    private func responder(_ script: String, clock: Clock = Clock()) throws -> Responder {
        var settings = SimulatorSettings()
        settings.apns = [fixture.apnsAccount]
        settings.script = try Script(parsing: Array(script.utf8))
        settings.now = { clock.milliseconds.withLock(\.self) }
        return Responder(settings: settings, log: PushLog())
    }

    private func respond(_ responder: Responder, ordinal: Int = 1, listener: String = "https") throws
        -> Responder.Response
    {
        var request = try fixture.apnsRequest()
        request.ordinal = ordinal
        request.listener = listener
        return responder.respond(to: request)
    }

    private func answer(_ responder: Responder, ordinal: Int = 1, listener: String = "https") throws -> Answer {
        let response = try respond(responder, ordinal: ordinal, listener: listener)
        guard case .answer(let answer) = response.reply else { throw Unexpected() }
        return answer
    }

    private struct Unexpected: Error {}

    private func lastRecord(_ responder: Responder) throws -> JSON {
        let lines = responder.log.lines(since: 0).split(separator: UInt8(ascii: "\n"))
        return try JSON(parsing: try #require(lines.last))
    }

    @Test func `every nth request and only the nth are counted over the rule`() throws {
        let every = try responder(#"{"apns":{"*":{"behaviour":"503","every":3}}}"#)
        #expect(try (1...7).map { _ in try answer(every).status } == [200, 200, 503, 200, 200, 503, 200])
        let nth = try responder(#"{"apns":{"*":{"behaviour":"503","nth":2}}}"#)
        #expect(try (1...4).map { _ in try answer(nth).status } == [200, 503, 200, 200])
    }

    @Test func `the nth of each connection is told by its place there`() throws {
        let responder = try responder(#"{"apns":{"*":{"behaviour":"503","onConnection":2}}}"#)
        #expect(try [1, 2, 1, 2, 3].map { try answer(responder, ordinal: $0).status } == [200, 503, 200, 503, 200])
    }

    @Test func `a rule may be for one listener only`() throws {
        let responder = try responder(#"{"apns":{"*":{"behaviour":"503","listener":"second"}}}"#)
        #expect(try answer(responder).status == 200)
        #expect(try answer(responder, listener: "second").status == 503)
    }

    @Test func `a storm begins and ends with its window`() throws {
        let clock = Clock()
        let responder = try responder(#"{"apns":{"*":{"behaviour":"503","from":1000,"until":3000}}}"#, clock: clock)
        let statuses = try [Int64(0), 999, 1000, 2999, 3000].map { elapsed in
            clock.milliseconds.withLock { $0 = Fixture.now * 1000 + elapsed }
            return try answer(responder).status
        }
        #expect(statuses == [200, 200, 503, 503, 200])
    }

    @Test func `a step whose time has not come leaves its place to the next`() throws {
        let responder = try responder(
            #"{"apns":{"*":[{"behaviour":"503","from":1000},{"behaviour":"500","times":1}]}}"#
        )
        #expect(try (1...2).map { _ in try answer(responder).status } == [500, 200])
    }

    @Test(arguments: [
        ("5", "5"), ("-7", "-7"), ("999999999999", "999999999999"), (#""soon""#, "soon"),
        (#"{"date":30}"#, "Fri, 15 Jan 2027 08:00:30 GMT"), (#"{"date":-86400}"#, "Thu, 14 Jan 2027 08:00:00 GMT"),
    ])
    func `Retry-After in every shape`(value: String, expected: String) throws {
        let responder = try responder(#"{"apns":{"*":{"behaviour":"429","retryAfter":\#(value)}}}"#)
        #expect(try answer(responder).headers.first { $0.name == "retry-after" }?.value == expected)
    }

    @Test(arguments: [
        (#""timestampFromNow":-86400000"#, Fixture.now * 1000 - 86_400_000),
        (#""timestampFromNow":5"#, Fixture.now * 1000 + 5),
        (#""timestamp":7"#, 7),
    ])
    func `a 410 is older or newer than a registration`(member: String, expected: Int64) throws {
        let responder = try responder(#"{"apns":{"*":{"behaviour":"Unregistered",\#(member)}}}"#)
        #expect(try JSON(parsing: try answer(responder).body)["timestamp"] == .integer(expected))
    }

    @Test func `an error may come in pieces, without body, with headers of its own`() throws {
        let pieces = try answer(try responder(#"{"apns":{"*":{"behaviour":"BadTopic","frames":3}}}"#)).pieces
        #expect(pieces.count == 3)
        #expect(String(decoding: pieces.joined(), as: UTF8.self) == #"{"reason":"BadTopic"}"#)
        let bodyless = try answer(
            try responder(#"{"apns":{"*":{"behaviour":"BadTopic","bodyless":true,"headers":{"X-Trace":"1"}}}}"#)
        )
        #expect(bodyless.status == 400)
        #expect(bodyless.pieces.isEmpty)
        #expect(bodyless.headers.contains { $0.name == "x-trace" && $0.value == "1" })
    }

    @Test(arguments: APNsRefusal.status.keys.sorted())
    func `every reason of Apple is a word`(reason: String) throws {
        let answer = try answer(try responder(#"{"apns":{"*":"\#(reason)"}}"#))
        #expect(answer.status == APNsRefusal.status[reason])
        #expect(try JSON(parsing: answer.body)["reason"] == .string(reason))
    }

    @Test(arguments: [
        (#""silence""#, "silent"), (#""freeze""#, "silent"), (#""close""#, "lost"), (#""reset""#, "lost"),
        (#"{"goaway":{"last":"before"}}"#, "lost"), (#"{"goaway":{"last":"this"}}"#, "accepted"),
        (#"{"behaviour":"close","delivers":true}"#, "accepted"),
        (#"{"behaviour":"reset","delivers":true}"#, "accepted"),
        (#"{"behaviour":"silence","delivers":true}"#, "accepted"),
    ])
    func `the log says whether a push was taken whose answer is lost`(step: String, outcome: String) throws {
        let responder = try responder(#"{"apns":{"*":\#(step)}}"#)
        _ = try respond(responder)
        #expect(try lastRecord(responder)["outcome"] == .string(outcome))
    }
}
