import Domain
import Store

/// The deliveries an order is about, page by page in the order of their ids. Used on one thread.
struct OrderMatches {
    struct Match {
        var page: PageID
        var event: EventID
        var lane: LaneID
        var expiresAt: Instant
        var result: PageResult
        var slots: [Int]
    }

    private let reader: QueueReader
    private let scan: DeliveryScan?
    /// Named deliveries that are left, by page.
    private var named: ArraySlice<(page: PageID, slots: [Int])>
    /// Named deliveries that do not exist.
    private(set) var unknown = 0
    private(set) var damaged = 0

    /// `now`: when the order was given: lengths of time in a filter count from there.
    /// `after`: only pages above it.
    init(
        _ scope: OrderScope,
        verb: OrderVerb,
        reader: QueueReader,
        registry: RegistryReader,
        now: Instant,
        after: PageID
    ) throws {
        self.reader = reader
        guard scope.deliveries.isEmpty else {
            scan = nil
            let pages = Dictionary(grouping: Set(scope.deliveries).filter { $0.page > after }, by: \.page)
            named = pages.map { ($0.key, $0.value.map(\.slot).sorted()) }.sorted { $0.0 < $1.0 }[...]
            return
        }
        named = []
        var filter = try scope.words.resolve(queue: reader, registry: registry, now: now)
        // Without anything narrow the whole history would be read to say how much of it cannot be changed.
        let names: [FilterWords.Name] = [.state, .event, .user, .device, .reason, .http]
        if !names.contains(where: scope.words.mentions) { filter.states = verb.eligible(withDead: false) }
        let above = DeliveryID(page: after, slot: 1023)
        scan = DeliveryScan(reader, filter, after: after.rawValue > 0 ? above : nil)
    }

    /// The next pages, in their order; none at the end.
    mutating func next(max: Int) throws -> [Match] {
        var matches: [Match] = []
        while matches.count < max, let match = try next() { matches.append(match) }
        return matches
    }

    mutating func next() throws -> Match? {
        if let scan {
            let match = try scan.next()
            damaged = scan.damaged.count
            return match.map {
                Match(
                    page: $0.header.id,
                    event: $0.event.id,
                    lane: $0.header.lane,
                    expiresAt: $0.header.expiresAt,
                    result: $0.result,
                    slots: $0.slots
                )
            }
        }
        while let (id, slots) = named.popFirst() {
            let row = try reader.pages([id])[id]
            if row?.failure != nil {
                damaged += 1
                continue
            }
            let page = row?.value
            let known = page.map { page in slots.filter { $0 < page.result.count } } ?? []
            unknown += slots.count - known.count
            guard let page, !known.isEmpty else { continue }
            return Match(
                page: id,
                event: page.event,
                lane: page.lane,
                expiresAt: page.expiresAt,
                result: page.result,
                slots: known
            )
        }
        return nil
    }
}
