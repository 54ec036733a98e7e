import Contract
import Synchronization
import Testing

@testable import API

/// What waits for its time is counted where the bound would refuse, and not at each event.
struct ScheduleBoundTests {
    /// The store: what waits, and how often it was asked.
    private final class Store: Sendable {
        let waiting: Mutex<Int>
        let asked = Mutex(0)

        init(_ waiting: Int) { self.waiting = Mutex(waiting) }

        func count() -> Int {
            asked.withLock { $0 += 1 }
            return waiting.withLock { $0 }
        }
    }

    private func take(_ more: Int, _ bound: ScheduleBound, _ store: Store, of publisher: String = "one") async throws
        -> Bool
    {
        let isTaken = try await bound.takes(more, of: publisher, limit: 10) { store.count() }
        if isTaken { store.waiting.withLock { $0 += more } }
        return isTaken
    }

    @Test func `it is counted once, and again where it would refuse`() async throws {
        let (bound, store) = (ScheduleBound(), Store(3))
        for _ in 0..<7 { #expect(try await take(1, bound, store)) }
        #expect(store.asked.withLock { $0 } == 1)
        #expect(try await !take(1, bound, store))
        #expect(store.asked.withLock { $0 } == 2)
    }

    @Test func `what has left makes room`() async throws {
        let (bound, store) = (ScheduleBound(), Store(10))
        #expect(try await !take(1, bound, store))
        store.waiting.withLock { $0 = 4 }
        #expect(try await take(6, bound, store))
        #expect(try await !take(1, bound, store))
    }

    @Test func `more than there is room for is refused as a whole`() async throws {
        let (bound, store) = (ScheduleBound(), Store(4))
        #expect(try await !take(7, bound, store))
        #expect(try await take(6, bound, store))
    }

    @Test func `each publisher has a bound of its own, and a name is its bytes`() async throws {
        let (bound, store, other) = (ScheduleBound(), Store(10), Store(0))
        #expect(try await !take(1, bound, store, of: "e\u{301}cole"))
        #expect(try await take(10, bound, other, of: "\u{e9}cole"))
    }

    @Test func `a store that cannot say takes nothing`() async throws {
        let bound = ScheduleBound()
        await #expect(throws: Problem.self) {
            try await bound.takes(1, of: "one", limit: 10) { () throws(Problem) in
                throw Problem(.storeUnavailable, "")
            }
        }
        let store = Store(9)
        #expect(try await take(1, bound, store))
    }
}
