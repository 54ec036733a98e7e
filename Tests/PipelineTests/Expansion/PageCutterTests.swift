import Domain
import Store
import Testing

@testable import Pipeline

/// How resolved persons become pages.
struct PageCutterTests {
    private let lanes = [LaneID(rawValue: 1), LaneID(rawValue: 2)]

    private func person(_ id: Int64, _ lanes: [LaneID], withheld: Reason? = nil) -> Resolver.Resolved {
        Resolver.Resolved(
            person: Audience.Person(person: PersonID(rawValue: id), role: .guardian, through: []),
            routes: lanes.map { (DeviceID(rawValue: id * 10 + Int64($0.rawValue)), $0, nil) },
            withheld: withheld
        )
    }

    @Test func `a page holds one lane and as many as it may`() {
        var cutter = PageCutter()
        let count = Limits.deliveriesPerPage + 1
        for id in 1...Int64(count) { cutter.add(person(id, lanes), hasExpired: false) }
        let pages = cutter.pages()
        #expect(pages.map(\.lane) == [lanes[0], lanes[0], lanes[1], lanes[1]])
        #expect(pages.map { $0.plan.slots.count } == [Limits.deliveriesPerPage, 1, Limits.deliveriesPerPage, 1])
        #expect(
            pages.allSatisfy { $0.result.count == $0.plan.slots.count && $0.result.pendingCount == $0.result.count }
        )
        #expect(pages.allSatisfy { page in page.plan.slots.map(\.person) == page.plan.slots.map(\.person).sorted() })
    }

    @Test func `who gets nothing stands on lane 0 with the reason`() {
        var cutter = PageCutter()
        cutter.add(person(1, [], withheld: .noDevice), hasExpired: false)
        cutter.add(person(2, [lanes[0]]), hasExpired: true)
        let pages = cutter.pages()
        #expect(pages.map(\.lane) == [.nowhere, lanes[0]])
        #expect(pages[0].result[0] == SlotResult(.withheld, reason: .noDevice))
        #expect(pages[0].plan.slots[0].device == DeviceID(rawValue: 0))
        #expect(pages[1].result[0] == SlotResult(.expired, reason: .expired))
    }

    @Test func `nobody makes no page`() {
        #expect(PageCutter().pages().isEmpty)
    }
}
