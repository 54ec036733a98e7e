import Domain
import Store
import Testing

@testable import Delivery

/// What is read next, and what a read that failed gives back.
struct LoadPlanTests {
    private static let lane = LaneID(rawValue: 1)
    private static let idle = LoadPlan.Demand(loaded: 0, isActive: true, isSendingAllowed: true, canRecord: true)

    private var plan = LoadPlan()

    init() { plan.add(Self.lane, most: 100, isOneAtATime: false, virtualTime: 0) }

    private func page(_ number: Int64, tag: Int64 = 0, isUrgent: Bool = false) -> Scheduler.Entry {
        Scheduler.Entry(
            page: PageID(rawValue: number),
            event: EventID(rawValue: 1),
            lane: Self.lane,
            tag: tag,
            count: 10,
            isUrgent: isUrgent
        )
    }

    private func retry(page: Int64, slot: Int) -> QueueReader.Retry {
        QueueReader.Retry(
            delivery: DeliveryID(page: PageID(rawValue: page), slot: slot),
            attempts: 1,
            dueAt: Instant(seconds: 0),
            event: EventID(rawValue: 1)
        )
    }

    private func pages(_ parts: [[QueueReader.Retry]]) -> [[Int64]] { parts.map { $0.map(\.delivery.page.rawValue) } }

    private func demand(_ loaded: Int, isActive: Bool = true, isSendingAllowed: Bool = true) -> LoadPlan.Demand {
        LoadPlan.Demand(loaded: loaded, isActive: isActive, isSendingAllowed: isSendingAllowed, canRecord: true)
    }

    // MARK: - How much

    @Test(arguments: [
        // loaded, active, allowed, wants
        (0, true, true, true), (49, true, true, true), (50, true, true, false), (0, false, true, true),
        (1, false, true, false), (0, false, false, false),
    ])
    func `a lane is filled below the half, a closed one with what it needs to probe, a stopped one with nothing`(
        loaded: Int,
        isActive: Bool,
        isSendingAllowed: Bool,
        wants: Bool
    ) {
        let demand = demand(loaded, isActive: isActive, isSendingAllowed: isSendingAllowed)
        #expect(plan.wants(Self.lane, demand) == wants)
    }

    @Test mutating func `pages come in the order of their tags, urgent ones first, each once`() {
        for entry in [page(1, tag: 20), page(2, tag: 10), page(3, tag: 30, isUrgent: true)] { plan.add(entry) }
        var order: [Int64] = []
        while let next = plan.nextPage(Self.lane, Self.idle) { order.append(next.page.rawValue) }
        #expect(order == [3, 2, 1])
    }

    @Test mutating func `a full lane takes what goes before its last page, up to twice its share`() {
        plan.add(page(1, tag: 50))
        _ = plan.nextPage(Self.lane, Self.idle)
        plan.add(page(2, tag: 60))
        #expect(!plan.wants(Self.lane, demand(100)))
        let found1 = plan.nextPage(Self.lane, demand(100))
        #expect(found1 == nil)
        plan.add(page(3, tag: 40))
        #expect(plan.wants(Self.lane, demand(100)))
        let found2 = plan.nextPage(Self.lane, demand(199))
        #expect(found2?.page == PageID(rawValue: 3))
        plan.add(page(4, tag: 30))
        let found3 = plan.nextPage(Self.lane, demand(200))
        #expect(found3 == nil)
    }

    @Test mutating func `of a lane whose messages are encrypted elsewhere one thing is read at a time`() {
        let lane = LaneID(rawValue: 2)
        plan.add(lane, most: 100, isOneAtATime: true, virtualTime: 0)
        for number in 1...2 {
            var entry = page(Int64(number))
            entry.lane = lane
            plan.add(entry)
        }
        let found1 = plan.nextPage(lane, Self.idle)
        #expect(found1 != nil)
        // A page, and addresses that are looked up again beside it.
        plan.began(lane)
        plan.began(lane)
        let found2 = plan.nextPage(lane, Self.idle)
        #expect(!plan.wants(lane, Self.idle) && found2 == nil)
        plan.cameBack(lane)
        #expect(!plan.wants(lane, Self.idle))
        plan.cameBack(lane)
        let found3 = plan.nextPage(lane, Self.idle)
        #expect(found3 != nil)
        // The retries of a morning lie on many pages: a read for each of them would look at the same rows again and again.
        let due = [retry(page: 8, slot: 0), retry(page: 9, slot: 0)]
        let found4 = plan.claim(due, on: lane, now: 0)
        #expect(pages(found4) == [[8, 9]])
        _ = plan.failed(.retries(due.map(\.delivery)), of: lane, now: 0)
        let found5 = plan.claim(due, on: lane, now: 10_000)
        #expect(pages(found5) == [[8]])
    }

    // MARK: - Retries

    @Test mutating func `retries have a fifth, and none is handed over twice before its outcome is on the disk`() {
        #expect(plan.retriesWanted(Self.lane, Self.idle) == 20)
        #expect(plan.retriesWanted(Self.lane, demand(50)) == nil)
        let due = (0..<20).map { retry(page: 7, slot: $0) }
        let found1 = plan.claim(due, on: Self.lane, now: 0)
        #expect(found1.map(\.count) == [20])
        let found2 = plan.claim(due, on: Self.lane, now: 0)
        #expect(found2.isEmpty)
        #expect(plan.retriesWanted(Self.lane, Self.idle) == nil)
        plan.recorded([due[3].delivery])
        #expect(plan.retriesWanted(Self.lane, Self.idle) == 20)
        let found3 = plan.claim(due, on: Self.lane, now: 0)
        #expect(found3.joined().map(\.delivery) == [due[3].delivery])
    }

    @Test mutating func `a page whose retries cannot be read keeps only its own, and they are tried again later`() {
        let due = [retry(page: 7, slot: 0), retry(page: 8, slot: 0)]
        let claimed = plan.claim(due, on: Self.lane, now: 0)
        #expect(pages(claimed) == [[7, 8]])
        let found1 = plan.failed(.retries(due.map(\.delivery)), of: Self.lane, now: 0)
        #expect(found1)
        // Nobody knows which of them it was.
        let fresh = due + [retry(page: 9, slot: 0)]
        let found2 = plan.claim(fresh, on: Self.lane, now: 9_999)
        #expect(pages(found2) == [[9]])
        let found3 = plan.claim(fresh, on: Self.lane, now: 10_000)
        #expect(pages(found3) == [[7], [8]])
        // Said once, not at each try.
        let found4 = plan.failed(.retries([due[0].delivery]), of: Self.lane, now: 10_000)
        #expect(!found4)
    }

    @Test mutating func `retries go behind what is loaded`() {
        plan.add(page(1, tag: 50))
        _ = plan.nextPage(Self.lane, Self.idle)
        #expect(plan.tagBehind(Self.lane) == 50)
        plan.started(Self.lane, tag: 70, loaded: 5)
        #expect(plan.tagBehind(Self.lane) == 70)
    }

    // MARK: - What could not be read

    @Test mutating func `a page that could not be read is handed out again after ten seconds`() {
        plan.add(page(1))
        let entry = page(1)
        _ = plan.nextPage(Self.lane, Self.idle)
        let found1 = plan.failed(.page(entry), of: Self.lane, now: 1_000)
        #expect(found1)
        let found2 = plan.readAgain(Self.lane, now: 10_999)
        #expect(found2.isEmpty)
        let found3 = plan.nextPage(Self.lane, Self.idle)
        #expect(found3 == nil)
        _ = plan.readAgain(Self.lane, now: 11_000)
        let found4 = plan.nextPage(Self.lane, Self.idle)
        #expect(found4?.page == entry.page)
        let found5 = plan.nextPage(Self.lane, Self.idle)
        #expect(found5 == nil)
    }

    @Test mutating func `addresses that could not be looked up are looked up again, once each time`() {
        let batch = LoadedBatch.of([.sample(1)])
        let found1 = plan.failed(.lookUp(batch), of: Self.lane, now: 0)
        #expect(found1)
        let found2 = plan.readAgain(Self.lane, now: 9_999)
        #expect(found2.isEmpty)
        let found3 = plan.readAgain(Self.lane, now: 10_000)
        #expect(found3.count == 1)
        let found4 = plan.readAgain(Self.lane, now: 20_000)
        #expect(found4.isEmpty)
    }

    @Test mutating func `the lane's time is that of what it sends, and of all it was given when nothing is left`() {
        plan.add(page(1, tag: 50))
        _ = plan.nextPage(Self.lane, Self.idle)
        plan.started(Self.lane, tag: 10, loaded: 5)
        #expect(plan.scheduler.virtualTime(of: Self.lane) == 10)
        plan.started(Self.lane, tag: 10, loaded: 0)
        #expect(plan.scheduler.virtualTime(of: Self.lane) == 50)
    }
}
