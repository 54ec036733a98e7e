import Testing

@testable import API

struct ConnectionRulesTests {
    private let times = ConnectionRules.Times()

    @Test func `each state has its time`() {
        var rules = ConnectionRules()
        #expect(rules.allowance(times) == times.head)
        rules.received(bytes: 10)
        #expect(rules.allowance(times) == times.head)
        #expect(rules.received(.init()) == nil)
        #expect(rules.allowance(times) == nil)
        rules.receivedEnd()
        #expect(!rules.mayRead)
        #expect(rules.answerBegins(saysClose: false) == nil)
        #expect(rules.allowance(times) == times.write)
        #expect(rules.answerLeft() == false)
        #expect(rules.allowance(times) == times.idle)
        #expect(rules.mayRead)
    }

    @Test func `an answer before the body's end is the last, and nothing is read behind it`() {
        var rules = ConnectionRules()
        _ = rules.received(.init(expectsContinue: true))
        #expect(rules.answerBegins(saysClose: false) == .close)
        #expect(rules.wantsBody() == false)
        #expect(rules.answerLeft() == true)
        #expect(!rules.mayRead)
        #expect(rules.allowance(times) == times.linger)
    }

    @Test func `requests before the last are answered`() {
        var rules = ConnectionRules()
        _ = rules.received(.init())
        rules.receivedEnd()
        _ = rules.received(.init(wantsClose: true))
        rules.receivedEnd()
        #expect(!rules.takesRequests)
        #expect(rules.answerBegins(saysClose: false) == nil)
        #expect(rules.answerLeft() == false)
        #expect(rules.answerBegins(saysClose: false) == .close)
        #expect(rules.answerLeft() == true)
    }

    @Test func `the body is asked for once`() {
        var rules = ConnectionRules()
        _ = rules.received(.init(expectsContinue: true))
        #expect(rules.wantsBody() == true)
        #expect(rules.wantsBody() == false)
        _ = rules.received(.init(isHTTP10: true, expectsContinue: true))
        #expect(rules.wantsBody() == false)
    }

    @Test(arguments: [(false, 0, true), (false, 1, false), (false, 2, true), (true, 0, false), (true, 2, true)])
    func `one Host, or none in HTTP/1.0`(isHTTP10: Bool, hosts: Int, isRefused: Bool) {
        var rules = ConnectionRules()
        #expect((rules.received(.init(isHTTP10: isHTTP10, hosts: hosts)) == .hosts) == isRefused)
    }

    @Test func `a head is at most 16 KiB, however it is cut`() {
        var rules = ConnectionRules()
        for _ in 0..<4 { rules.received(bytes: 4096) }
        #expect(rules.refusal == nil)
        rules.received(bytes: 1)
        #expect(rules.refusal == .headTooLarge)
    }
}
