import Domain
import Store
import Testing

@testable import Delivery

/// Numbers of orders, and what comes of what they took out.
struct OrderBookTests {
    private var book = OrderBook()
    private static let mark = SlotResult(.dropped, reason: .dropped)

    private static func ids(_ numbers: ClosedRange<Int64>) -> Set<DeliveryID> {
        Set(numbers.map(DeliveryID.init(rawValue:)))
    }

    private static func fate(_ word: LaneOrder) -> String {
        if case .concluded(let order, let isCommitted) = word { "\(order) \(isCommitted)" } else { "\(word)" }
    }

    @Test
    mutating func `the lanes of one order have its number, and an order that is on the disk releases what it took`() {
        book.begin()
        let first = book.stop(Self.ids(1...3), as: Self.mark)
        let second = book.stop(Self.ids(4...5), as: Self.mark)
        #expect(first.order == 1 && second.order == 1 && first.mark == Self.mark)
        #expect(first.deliveries == Self.ids(1...3) && second.deliveries == Self.ids(4...5))
        book.found(underWay: Self.ids(2...2))
        #expect(book.concluded == 0)

        let (word, released) = book.conclude(isCommitted: true)

        #expect(Self.fate(word) == "1 true")
        // Those under way keep their claim until they have ended.
        #expect(released == Self.ids(1...5).subtracting(Self.ids(2...2)) && book.concluded == 1)
    }

    @Test mutating func `an order that failed releases nothing, and what is read then has not met it`() {
        book.begin()
        _ = book.stop(Self.ids(1...3), as: Self.mark)
        let (word, released) = book.conclude(isCommitted: false)
        #expect(Self.fate(word) == "1 false" && released.isEmpty && book.concluded == 0)
    }

    @Test mutating func `the next order has a new number and nothing of the one before`() {
        book.begin()
        _ = book.stop(Self.ids(1...3), as: Self.mark)
        _ = book.conclude(isCommitted: false)
        book.begin()
        let stop = book.stop(Self.ids(9...9), as: Self.mark)
        let (word, released) = book.conclude(isCommitted: true)
        #expect(stop.order == 2 && Self.fate(word) == "2 true" && released == Self.ids(9...9) && book.concluded == 2)
    }

    @Test mutating func `an order that broke off between two lanes leaves nothing to the next`() {
        book.begin()
        _ = book.stop(Self.ids(1...3), as: Self.mark)
        book.begin()
        let (_, released) = book.conclude(isCommitted: true)
        #expect(released.isEmpty)
    }
}
