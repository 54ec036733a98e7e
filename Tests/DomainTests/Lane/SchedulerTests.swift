import Domain
import Testing

/// The order of pages against plain models.
struct SchedulerTests {
    static let seeds: [UInt64] = [11, 12, 13, 14, 15, 16]
    static let lanes = [LaneID(rawValue: 1), LaneID(rawValue: 2)]

    @Test(arguments: seeds)
    func `on a random walk every page comes once, the lowest tag of its lane first`(seed: UInt64) {
        var random = SeededWalk(seed: seed)
        var scheduler = Scheduler()
        var model: [Scheduler.Entry] = []
        var taken: [Scheduler.Entry] = []
        var nextPage: Int64 = 1
        for _ in 0..<3000 {
            let lane = Self.lanes.randomElement(using: &random)!
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let flow = Scheduler.Flow(
                    lane: lane,
                    school: "042990\(Int.random(in: 0..<5, using: &random))",
                    weight: [1, 4, 16].randomElement(using: &random)!
                )
                let count = Int.random(in: 1...500, using: &random)
                let entry = Scheduler.Entry(
                    page: PageID(rawValue: nextPage),
                    event: EventID(rawValue: Int64.random(in: 1...20, using: &random)),
                    lane: lane,
                    tag: scheduler.tag(flow, count: count),
                    count: count
                )
                nextPage += 1
                scheduler.add(entry)
                model.append(entry)
            case 5..<8:
                let next = scheduler.next(on: lane)
                #expect(next == Self.lowest(model, lane), "seed \(seed)")
                if let next {
                    model.removeAll { $0 == next }
                    taken.append(next)
                }
            case 8 where !taken.isEmpty:
                let back = taken.remove(at: Int.random(in: taken.indices, using: &random))
                scheduler.add(back)
                model.append(back)
            default:
                // Pushes of a service are over: its lane goes with what waits on it.
                guard Int.random(in: 0..<50, using: &random) == 0 else { break }
                scheduler.remove(lane: lane)
                model.removeAll { $0.lane == lane }
            }
        }
        for lane in Self.lanes {
            while let next = scheduler.next(on: lane) {
                #expect(next == Self.lowest(model, lane), "seed \(seed)")
                model.removeAll { $0 == next }
            }
        }
        #expect(model.isEmpty, "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `the tags of a flow only grow, and never lie before what the lane has started`(seed: UInt64) {
        var random = SeededWalk(seed: seed)
        var scheduler = Scheduler()
        var last: [Scheduler.Flow: Int64] = [:]
        for number in 1...2000 {
            let flow = Scheduler.Flow(
                lane: Self.lanes[0],
                school: "S\(Int.random(in: 0..<4, using: &random))",
                weight: 4
            )
            let tag = scheduler.tag(flow, count: Int.random(in: 1...500, using: &random))
            #expect(tag > last[flow] ?? -1 && tag >= scheduler.virtualTime(of: flow.lane), "seed \(seed)")
            last[flow] = tag
            scheduler.add(
                .init(
                    page: PageID(rawValue: Int64(number)),
                    event: EventID(rawValue: 1),
                    lane: flow.lane,
                    tag: tag,
                    count: 1
                )
            )
            if Int.random(in: 0..<3, using: &random) > 0 { _ = scheduler.next(on: flow.lane) }
        }
    }

    /// A town's event of 100,000 is under way; a word to one class comes at any moment of it.
    @Test(arguments: [(Urgency.normal, 25, 500), (.urgent, 25, 500), (.low, 25, 1000)], [0, 1, 57, 199])
    func `a small page waits at most its share behind a big event`(
        small: (urgency: Urgency, count: Int, deliveriesBefore: Int),
        started: Int
    ) throws {
        var scheduler = Scheduler()
        let lane = Self.lanes[0]
        let bulk = Scheduler.Flow(
            lane: lane,
            school: "0429901A",
            weight: Scheduler.weight(.normal, deliveries: 100_000)
        )
        for page in 1...200 {
            let tag = scheduler.tag(bulk, count: 500)
            scheduler.add(
                .init(
                    page: PageID(rawValue: Int64(page)),
                    event: EventID(rawValue: 1),
                    lane: lane,
                    tag: tag,
                    count: 500
                )
            )
        }
        for _ in 0..<started { _ = scheduler.next(on: lane) }

        let word = Scheduler.Flow(
            lane: lane,
            school: "0429902B",
            weight: Scheduler.weight(small.urgency, deliveries: small.count)
        )
        let tag = scheduler.tag(word, count: small.count)
        let page = PageID(rawValue: 1000)
        scheduler.add(.init(page: page, event: EventID(rawValue: 2), lane: lane, tag: tag, count: small.count))

        var before = 0
        while let next = scheduler.next(on: lane), next.page != page { before += next.count }
        #expect(before <= small.deliveriesBefore)
    }

    @Test func `a small page overtakes what is loaded ahead and not started`() throws {
        var scheduler = Scheduler()
        let lane = Self.lanes[0]
        for page in 1...8 {
            let tag = scheduler.tag(.init(lane: lane, school: "A", weight: 1), count: 500)
            scheduler.add(
                .init(
                    page: PageID(rawValue: Int64(page)),
                    event: EventID(rawValue: 1),
                    lane: lane,
                    tag: tag,
                    count: 500
                )
            )
        }
        let ahead = (0..<6).compactMap { _ in scheduler.takeAhead(on: lane) }
        scheduler.started(tag: ahead[1].tag, on: lane)
        scheduler.started(tag: ahead[0].tag, on: lane)
        #expect(!scheduler.overtakes(ahead[5].tag, on: lane))

        let tag = scheduler.tag(.init(lane: lane, school: "A", weight: 4), count: 20)
        #expect(tag == ahead[1].tag)
        let small = Scheduler.Entry(
            page: PageID(rawValue: 9),
            event: EventID(rawValue: 2),
            lane: lane,
            tag: tag,
            count: 20
        )
        scheduler.add(small)
        #expect(scheduler.overtakes(ahead[5].tag, on: lane))
        #expect(scheduler.takeAhead(on: lane) == small)
        #expect(scheduler.virtualTime(of: lane) == ahead[1].tag)
    }

    @Test func `two busy flows share a lane by their weights`() {
        var scheduler = Scheduler()
        let lane = Self.lanes[0]
        let flows = [("A", 4), ("B", 1)].map { Scheduler.Flow(lane: lane, school: $0.0, weight: $0.1) }
        for (index, flow) in flows.enumerated() {
            for page in 1...100 {
                let id = PageID(rawValue: Int64(index * 1000 + page))
                let tag = scheduler.tag(flow, count: 100)
                scheduler.add(.init(page: id, event: EventID(rawValue: Int64(index)), lane: lane, tag: tag, count: 100))
            }
        }
        let first = (0..<100).compactMap { _ in scheduler.next(on: lane) }
        #expect(abs(first.count { $0.event.rawValue == 0 } - 80) <= 1)
    }

    @Test func `after a restart the lane's time goes on`() {
        var scheduler = Scheduler()
        scheduler.restore(virtualTime: 5_000_000, of: Self.lanes[0])
        let flow = Scheduler.Flow(lane: Self.lanes[0], school: "", weight: 4)
        #expect(scheduler.tag(flow, count: 1) == 5_000_000)
    }

    private static func lowest(_ entries: [Scheduler.Entry], _ lane: LaneID) -> Scheduler.Entry? {
        entries.filter { $0.lane == lane }.min { ($0.tag, $0.page) < ($1.tag, $1.page) }
    }

    @Test func `urgent pages go first, two in a row at most while others wait`() {
        var scheduler = Scheduler()
        let lane = LaneID(rawValue: 1)
        func add(_ page: Int64, urgent: Bool) {
            scheduler.add(
                .init(
                    page: PageID(rawValue: page),
                    event: EventID(rawValue: page),
                    lane: lane,
                    tag: page,
                    count: 1,
                    isUrgent: urgent
                )
            )
        }
        for page in 1...3 { add(Int64(page), urgent: false) }
        for page in 11...15 { add(Int64(page), urgent: true) }

        var order: [Int64] = []
        while let entry = scheduler.next(on: lane) { order.append(entry.page.rawValue) }

        #expect(order == [11, 12, 1, 13, 14, 2, 15, 3])
    }

    @Test func `an urgent page does not move the lane's time`() {
        var scheduler = Scheduler()
        let lane = LaneID(rawValue: 1)
        scheduler.add(
            .init(page: .init(rawValue: 1), event: .init(rawValue: 1), lane: lane, tag: 9_000, count: 1, isUrgent: true)
        )
        _ = scheduler.next(on: lane)
        #expect(scheduler.virtualTime(of: lane) == 0)
    }
}

extension Scheduler {
    /// A lane that loads nothing ahead: it takes a page and is at work on it at once.
    fileprivate mutating func next(on lane: LaneID) -> Entry? {
        guard let entry = takeAhead(on: lane) else { return nil }
        if !entry.isUrgent { started(tag: entry.tag, on: lane) }
        return entry
    }
}
