import Domain
import Store
import Testing

@testable import Delivery

/// The steps in which a lane is filled, and a lane that is closed.
struct LoadPlanFillingTests {
    private static let lane = LaneID(rawValue: 1)
    private var plan = LoadPlan()
    /// What the lane has; a page brings ten, a look for retries two.
    private var loaded = 0

    init() { plan.add(Self.lane, most: 100, isOneAtATime: false, virtualTime: 0) }

    private mutating func add(pages: ClosedRange<Int64>, isUrgent: Bool = false) {
        for number in pages {
            plan.add(
                Scheduler.Entry(
                    page: PageID(rawValue: number),
                    event: EventID(rawValue: 1),
                    lane: Self.lane,
                    tag: number,
                    count: 10,
                    isUrgent: isUrgent
                )
            )
        }
    }

    /// The steps of one filling, a page by its number and retries by a minus.
    private mutating func fill(_ condition: LaneCondition = LaneCondition(), canRecord: Bool = true) -> [Int64] {
        var steps: [Int64] = []
        var filling = LoadPlan.Filling(Self.lane)
        while let step = plan.next(&filling, .init(condition, loaded: loaded, canRecord: canRecord)) {
            switch step {
            case .retries(let most):
                steps.append(-Int64(most))
                loaded += 2
            case .page(let entry):
                steps.append(entry.page.rawValue)
                loaded += 10
            }
        }
        return steps
    }

    @Test mutating func `retries are looked for once, then page after page until enough is loaded`() {
        add(pages: 1...20)
        let steps1 = fill()
        #expect(steps1 == [-20] + (1...10))
        let steps2 = fill()
        #expect(steps2 == [])
        loaded = 49
        // Pages fill up what retries leave.
        let steps3 = fill()
        #expect(steps3 == [-20, 11, 12, 13, 14, 15])
    }

    @Test mutating func `no look for retries while those that were claimed fill their share`() {
        let due = (0..<20).map {
            QueueReader.Retry(
                delivery: DeliveryID(page: PageID(rawValue: 7), slot: $0),
                attempts: 1,
                dueAt: Instant(seconds: 0),
                event: EventID(rawValue: 1)
            )
        }
        _ = plan.claim(due, on: Self.lane, now: 0)
        add(pages: 1...1)
        let steps4 = fill()
        #expect(steps4 == [1])
    }

    @Test mutating func `an urgent page is read into a full lane, and no retries are looked for then`() {
        add(pages: 5...5)
        _ = fill()
        loaded = 100
        add(pages: 90...90, isUrgent: true)
        let steps5 = fill()
        #expect(steps5 == [90])
    }

    @Test mutating func `a closed lane is given what it needs to probe, a stopped one nothing`() {
        add(pages: 1...3)
        var condition = LaneCondition()
        condition.isActive = false
        let steps6 = fill(condition)
        #expect(steps6 == [-20])
        loaded = 0
        condition.isSendingAllowed = false
        let steps7 = fill(condition)
        #expect(steps7 == [])
        loaded = 1
        condition.isSendingAllowed = true
        let steps8 = fill(condition)
        #expect(steps8 == [])
    }

    @Test mutating func `pages wait while no outcome can be recorded`() {
        add(pages: 1...2)
        let steps9 = fill(canRecord: false)
        #expect(steps9 == [-20])
        loaded = 0
        let steps10 = fill()
        #expect(steps10 == [-20, 1, 2])
    }

    @Test mutating func `of a lane that is closed nothing is read, and what waited is read anew when it is opened`() {
        add(pages: 1...2)
        plan.began(Self.lane)
        plan.remove(Self.lane)
        let steps11 = fill()
        #expect(steps11 == [] && !plan.isReading(Self.lane))
        let again = plan.readAgain(Self.lane, now: 0)
        #expect(again.isEmpty)
        // Whatever comes back late concerns nobody.
        plan.cameBack(Self.lane)
        let isNew = plan.failed(.retries([DeliveryID(rawValue: 1)]), of: Self.lane, now: 0)
        #expect(!isNew)

        plan.add(Self.lane, most: 100, isOneAtATime: false, virtualTime: 50)
        let steps12 = fill()
        #expect(steps12 == [-20])
        loaded = 0
        add(pages: 1...2)
        let steps13 = fill()
        #expect(steps13 == [-20, 1, 2])
        #expect(plan.scheduler.virtualTime(of: Self.lane) >= 50)
    }

    @Test mutating func `while something is read elsewhere nothing more is`() {
        add(pages: 1...2)
        plan.began(Self.lane)
        let steps14 = fill()
        #expect(plan.isReading(Self.lane) && steps14 == [])
        plan.cameBack(Self.lane)
        let steps15 = fill()
        #expect(!plan.isReading(Self.lane) && steps15 == [-20, 1, 2])
    }
}
