import Domain
import Testing

@testable import Delivery

/// The order in which a lane sends what it holds, and what it does not send as it is.
struct ReadyQueueTests {
    private var queue = ReadyQueue()
    private var freshness = Freshness()

    @Test mutating func `pages go by their tags, urgent ones first, and a late one overtakes what has not begun`() {
        queue.add(Self.batch(tag: 20, 1...2))
        queue.add(Self.batch(tag: 10, 3...4))
        #expect(take(1) == [3])
        queue.add(Self.batch(tag: 10, 5...5))
        queue.add(Self.batch(tag: 99, 6...6, isUrgent: true))
        #expect(queue.isUrgentNext)
        #expect(take(6) == [6, 4, 5, 1, 2])
        #expect(queue.startedTag == 20)
    }

    @Test mutating func `what comes back goes first, what a closed lane gives back in its order behind it`() {
        queue.add(Self.batch(tag: 1, 1...1))
        queue.putBack(Self.delivery(2))
        queue.putBack(Self.delivery(3))
        queue.putFirst([Self.delivery(4), Self.delivery(5)])
        #expect(take(6) == [4, 5, 2, 3, 1])
    }

    @Test mutating func `a batch that waited behind a closed lane, or for a minute, is handed back whole`() {
        queue.add(Self.batch(tag: 1, 1...3))
        #expect(take(1, at: 60_000) == [1])
        #expect(take(1, at: 60_001) == [])
        #expect(old == [[2, 3]] && queue.untouched == 0)

        queue.add(Self.batch(tag: 2, 4...4, loadedAt: 70_000))
        freshness.closedAt = 70_001
        queue.add(Self.batch(tag: 3, 5...5, loadedAt: 70_001))
        #expect(take(2, at: 70_002) == [5])
        #expect(old.last == [4] && queue.untouched == 0)
    }

    @Test mutating func `an order takes out what has not gone, wherever it is`() {
        queue.add(Self.batch(tag: 1, 1...4))
        #expect(take(2) == [1, 2])
        queue.putFirst(Self.delivery(1))
        queue.putBack(Self.delivery(2))
        let removed = queue.remove { [1, 2, 3, 9].contains($0.id.rawValue) }
        #expect(removed.map(\.id.rawValue) == [3, 1, 2] && queue.untouched == 1)
        #expect(take(9) == [4])
    }

    // MARK: -

    private var old: [[Int64]] = []

    /// The next so many, fewer when nothing is left.
    private mutating func take(_ count: Int, at now: Int64 = 0) -> [Int64] {
        var taken: [Int64] = []
        var found: [LoadedBatch] = []
        while taken.count < count, let next = queue.next(freshness, now: now, old: &found) {
            taken.append(next.id.rawValue)
        }
        old += found.map { $0.deliveries[$0.position...].map(\.id.rawValue) }
        return taken
    }

    private static func batch(
        tag: Int64,
        _ ids: ClosedRange<Int64>,
        isUrgent: Bool = false,
        loadedAt: Int64 = 0
    ) -> LoadedBatch {
        .of(ids.map { delivery($0, loadedAt: loadedAt) }, tag: tag, isUrgent: isUrgent, readAt: loadedAt)
    }

    private static func delivery(_ id: Int64, loadedAt: Int64 = 0) -> LoadedDelivery {
        .sample(id, readAt: loadedAt)
    }
}
