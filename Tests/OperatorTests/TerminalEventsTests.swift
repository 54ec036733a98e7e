import Testing

@testable import Operator

@Suite(.timeLimit(.minutes(1)))
struct TerminalEventsTests {
    @Test func `a pasted reason comes whole, however many ticks went by`() async {
        let events = TerminalEvents()
        let pasted = Array("the rectorate's key ends on Friday, see the ticket of this morning".utf8)
        for key in pasted {
            events.yield(.tick)
            events.yield(.key(key))
        }
        events.finish()
        var keys: [UInt8] = []
        var ticks = 0
        for await event in events.stream {
            if case .key(let key) = event { keys.append(key) } else { ticks += 1 }
        }
        #expect(keys == pasted && ticks == 1)
    }

    @Test func `a tick that was taken makes room for the next`() async {
        let events = TerminalEvents()
        var iterator = events.stream.makeAsyncIterator()
        for _ in 1...3 {
            events.yield(.tick)
            let event = await iterator.next()
            #expect(event == .tick)
        }
    }
}
