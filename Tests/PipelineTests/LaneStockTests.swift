import Domain
import Testing

@testable import Pipeline

/// The order in which a lane sends what it holds, and what it does not send as it is.
struct LaneStockTests {
    private var stock = LaneStock()

    @Test mutating func `pages go by their tags, urgent ones first, and a late one overtakes what has not begun`() {
        stock.add(Self.batch(tag: 20, 1...2))
        stock.add(Self.batch(tag: 10, 3...4))
        #expect(take(1) == [3])
        stock.add(Self.batch(tag: 10, 5...5))
        stock.add(Self.batch(tag: 99, 6...6, isUrgent: true))
        #expect(stock.isUrgentNext)
        #expect(take(6) == [6, 4, 5, 1, 2])
        #expect(stock.startedTag == 20)
    }

    @Test mutating func `what comes back goes first, what a closed lane gives back in its order behind it`() {
        stock.add(Self.batch(tag: 1, 1...1))
        stock.putBack(Self.delivery(2))
        stock.putBack(Self.delivery(3))
        stock.putFirst([Self.delivery(4), Self.delivery(5)])
        #expect(take(6) == [4, 5, 2, 3, 1])
    }

    @Test mutating func `what waited behind a closed lane, or for a minute, is looked up again`() {
        stock.add(Self.batch(tag: 1, 1...3))
        #expect(take(1, at: 60_000) == [1])
        stock.putFirst(Self.delivery(1))
        #expect(take(1, at: 60_001) == [])
        #expect(stale == [[1], [2, 3]])

        stock.add(Self.batch(tag: 2, 4...4, loadedAt: 70_000))
        stock.closedAt = 70_001
        stock.add(Self.batch(tag: 3, 5...5, loadedAt: 70_001))
        #expect(take(2, at: 70_002) == [5])
        #expect(stale.last == [4] && untouched == 3)
    }

    @Test mutating func `an order takes out what has not gone, wherever it is`() {
        stock.add(Self.batch(tag: 1, 1...4))
        #expect(take(2) == [1, 2])
        stock.putFirst(Self.delivery(1))
        stock.putBack(Self.delivery(2))
        let (removed, untouched) = stock.remove(Set([1, 2, 3, 9].map { DeliveryID(rawValue: $0) }))
        #expect(removed.map(\.id.rawValue) == [3, 1, 2] && untouched == 1)
        #expect(take(9) == [4])
    }

    // MARK: -

    private var stale: [[Int64]] = []
    private var untouched = 0

    /// The next so many, fewer when nothing is left.
    private mutating func take(_ count: Int, at now: Int64 = 0) -> [Int64] {
        var taken: [Int64] = []
        var found: [LaneStock.Stale] = []
        while taken.count < count,
            let next = stock.next(now, generation: 0, began: {}, isStale: { found.append($0) })
        {
            taken.append(next.id.rawValue)
        }
        stale += found.map { $0.batch.deliveries[$0.batch.position...].map(\.id.rawValue) }
        untouched += found.filter(\.isUntouched).map(\.batch.remaining).reduce(0, +)
        return taken
    }

    private static func batch(
        tag: Int64,
        _ ids: ClosedRange<Int64>,
        isUrgent: Bool = false,
        loadedAt: Int64 = 0
    ) -> LoadedBatch {
        LoadedBatch(
            tag: tag,
            isUrgent: isUrgent,
            deliveries: ids.map { delivery($0, loadedAt: loadedAt) },
            loadedAt: loadedAt,
            generation: 0
        )
    }

    private static func delivery(_ id: Int64, loadedAt: Int64 = 0) -> LoadedDelivery {
        let now = Instant(seconds: 1_790_000_000)
        return LoadedDelivery(
            event: LoadedEvent(
                id: EventID(rawValue: 1),
                body: .tooLarge,
                urgency: .normal,
                acceptedAt: now,
                expiresAt: now + .seconds(60)
            ),
            id: DeliveryID(rawValue: id),
            person: PersonID(rawValue: id),
            device: DeviceID(rawValue: id),
            target: "token",
            isInstallation: false,
            platform: nil,
            targetHash: [],
            receiver: "u",
            collapseID: "c",
            attempts: 0,
            isRetry: false,
            loadedAt: loadedAt
        )
    }
}
