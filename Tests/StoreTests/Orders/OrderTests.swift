import Database
import Domain
import SQLite
import Store
import StoreConformance
import Testing

@Suite(.timeLimit(.minutes(1)))
struct OrderTests {
    let folder: TestFolder
    let now = TestFolder.start

    init() throws { folder = try TestFolder() }

    private func begin(
        _ verb: OrderVerb,
        _ event: EventID,
        _ queue: QueueStore,
        fresh: Bool = false,
        at now: Instant = TestFolder.start
    ) async throws -> Int64 {
        var scope = OrderScope()
        scope.words[.event] = [event.description]
        scope.isFresh = fresh
        let order = NewOperation(actor: "lea", verb: verb, scope: scope, matched: 0, eligible: 0, why: "test")
        return try await queue.begin(order, now: now).id
    }

    private func apply(
        _ verb: OrderVerb,
        _ page: PageID,
        slots: Int,
        _ operation: Int64,
        _ queue: QueueStore,
        fresh: Bool = false,
        at now: Instant = TestFolder.start
    ) async throws -> Int {
        let slice = OrderSlice(
            operation: operation,
            verb: verb,
            withDead: false,
            isFresh: fresh,
            pages: [(page, Array(0..<slots))],
            inFlight: [],
            skipped: [:]
        )
        return try await queue.apply(slice, now: now).changed
    }

    @Test(arguments: [
        (OrderVerb.hold, DeliveryState.held), (.drop, .dropped), (.expire, .expired), (.withdraw, .dropped),
    ])
    func `an order about a whole event binds the pages that are made after it`(
        verb: OrderVerb,
        state: DeliveryState
    ) async throws {
        try await folder.queue { queue async throws in
            let event = try await queue.accept(.sample("a")).id
            _ = try await begin(verb, event, queue)

            let entries = try await queue.append(.sample(event, persons: 1...3), now: now)

            #expect(entries?.isEmpty == true, "nothing of it may be sent")
            let reader = try folder.reader()
            let report = try #require(try reader.report(on: event) { _ in nil })
            let states = report.persons.flatMap(\.deliveries).map(\.result.state)
            #expect(states == [state, state, state])
            #expect(report.event.state == (verb == .hold ? .held : verb == .withdraw ? .withdrawn : .done))
        }
    }

    @Test func `a released event is expanded as any other, and what was held goes on`() async throws {
        try await folder.queue { queue async throws in
            let event = try await queue.accept(.sample("a")).id
            _ = try await begin(.hold, event, queue)
            _ = try await queue.append(.sample(event, persons: 1...3, isLast: false), now: now)
            #expect(try folder.reader().event(event)?.state == .held)

            let operation = try await begin(.release, event, queue)
            let page = try #require(
                try folder.reader().report(on: event) { _ in nil }?.persons[0].deliveries[0].id.page
            )
            let changed = try await apply(.release, page, slots: 3, operation, queue)
            let entries = try await queue.append(.sample(event, part: 1, persons: 4...5), now: now)

            #expect(changed == 3 && entries?.count == 1)
            let due = try folder.reader().dueRetries(on: LaneID(rawValue: 1), now: now, limit: 10)
            #expect(due.count == 3 && due.allSatisfy { $0.attempts == 0 })
            #expect(try folder.reader().event(event)?.state == .sending)
        }
    }

    @Test func `a dropped event that waits for its time is expanded at once`() async throws {
        try await folder.queue { queue async throws in
            let event = try await queue.accept(.sample("a", notBefore: now + .seconds(600))).id
            #expect(try folder.reader().dueEvents(now: now, limit: 1).isEmpty)
            _ = try await begin(.drop, event, queue)
            #expect(try folder.reader().dueEvents(now: now, limit: 1) == [event])
            guard
                case .duplicate(_, .scheduled, _, _) = try await queue.post(
                    .sample("a", notBefore: now + .seconds(600))
                )
            else {
                Issue.record("the first answer again")
                return
            }
        }
    }

    @Test func `an event is withdrawn once, and nothing undoes it`() async throws {
        try await folder.queue { queue async throws in
            let event = try await queue.accept(.sample("a")).id
            let page = try #require(
                try await queue.append(.sample(event, persons: 1...3, isLast: false), now: now)?.first
            ).page
            let first = try await begin(.withdraw, event, queue)
            let second = try await begin(.withdraw, event, queue, at: now + .seconds(9))
            #expect(second == first)
            #expect(try folder.reader().runningOperations().map(\.id) == [first])
            #expect(try await apply(.withdraw, page, slots: 3, first, queue) == 3)

            for verb in [OrderVerb.release, .hold, .expire, .drop] { _ = try await begin(verb, event, queue) }
            let entries = try await queue.append(.sample(event, part: 1, persons: 4...5), now: now)

            #expect(entries?.isEmpty == true, "nothing of it may be sent")
            let report = try #require(try folder.reader().report(on: event) { _ in nil })
            #expect(report.event.state == .withdrawn && report.withdrawal?.id == first)
            #expect(report.persons.map(\.standing) == Array(repeating: .notReached(.withdrawn), count: 5))
            #expect(try folder.reader().event(event)?.doneAt == now, "everything of it has ended")
        }
    }

    @Test func `a dead letter of a withdrawn event is not tried again`() async throws {
        try await folder.queue { queue async throws in
            let event = try await queue.accept(.sample("a")).id
            let page = try #require(try await queue.append(.sample(event, persons: 1...2), now: now)?.first).page
            let dead = SlotResult(.dead, reason: .dead)
            try await queue.record([Outcome(page: page, slot: 0, result: dead, attempts: 8)], now: now)
            let withdrawal = try await begin(.withdraw, event, queue)
            #expect(try await apply(.withdraw, page, slots: 2, withdrawal, queue) == 1)

            let retry = try await begin(.retry, event, queue)
            #expect(try await apply(.retry, page, slots: 2, retry, queue) == 0)

            #expect(try folder.reader().operation(retry)?.skipped == ["withdrawn": 2])
            #expect(try folder.reader().page(page)?.result[0].state == .dead, "the reason it died of is worth keeping")
            #expect(try folder.reader().dueRetries(on: LaneID(rawValue: 1), now: now, limit: 9).isEmpty)
        }
    }

    @Test func `a withdrawn event that waits for its time is expanded at once`() async throws {
        try await folder.queue { queue async throws in
            let event = try await queue.accept(.sample("a", notBefore: now + .seconds(600))).id
            _ = try await begin(.withdraw, event, queue)
            #expect(try folder.reader().dueEvents(now: now, limit: 1) == [event])
            #expect(try folder.reader().event(event)?.state == .withdrawn)
            let withdrawn = try folder.reader().events(before: nil, state: .withdrawn, limit: 9)
            #expect(withdrawn.map(\.id) == [event])
        }
    }

    @Test(arguments: [false, true])
    func `what is held does not expire, and is released after its time only with a new one`(fresh: Bool) async throws {
        try await folder.queue { queue async throws in
            let event = try await queue.accept(.sample("a")).id
            let page = try #require(try await queue.append(.sample(event, persons: 1...2), now: now)?.first).page
            let hold = try await begin(.hold, event, queue)
            #expect(try await apply(.hold, page, slots: 2, hold, queue) == 2)
            let late = now + .seconds(7200)
            while try await !queue.expire(now: late).isEmpty {}
            #expect(try folder.reader().page(page)?.result[0].state == .held)

            let release = try await begin(.release, event, queue, fresh: fresh, at: late)
            #expect(try await apply(.release, page, slots: 2, release, queue, fresh: fresh, at: late) == 2)

            let read = try #require(try folder.reader().page(page))
            #expect(read.result[0].state == (fresh ? .deferred : .expired))
            #expect(read.expiresAt == (fresh ? late + .seconds(3600) : now + .seconds(3600)))
            #expect(try folder.reader().event(event)?.state == (fresh ? .sending : .done))
            if fresh { #expect(try folder.reader().event(event)?.expiresAt == late + .seconds(3600)) }
        }
    }

    @Test func `a scope is read back as it was written`() throws {
        var scope = OrderScope()
        scope.words[.lane] = ["fcm/*", "apns/one"]
        scope.words[.older] = ["10m"]
        scope.isFresh = true
        #expect(OrderScope(text: scope.text) == scope)
        var named = OrderScope()
        named.deliveries = [DeliveryID(rawValue: 5), DeliveryID(rawValue: 1 << 40)]
        #expect(OrderScope(text: named.text) == named)
        #expect(OrderScope(text: "{}") == nil && OrderScope(text: "") == nil)
        #expect(scope.wholeEvent == nil)
        var event = OrderScope()
        event.words[.event] = ["E-7F3K2"]
        #expect(event.wholeEvent == EventID("E-7F3K2"))
    }

    @Test func `progress and end are the order's own`() async throws {
        try await folder.queue { queue async throws in
            let event = try await queue.accept(.sample("a")).id
            let page = try #require(try await queue.append(.sample(event, persons: 1...4), now: now)?.first).page
            let operation = try await begin(.drop, event, queue)
            #expect(try folder.reader().runningOperations().map(\.id) == [operation])
            _ = try await apply(.drop, page, slots: 3, operation, queue)
            _ = try await apply(.drop, page, slots: 4, operation, queue)

            let running = try #require(try folder.reader().operation(operation))
            #expect(running.changed == 4 && running.cursor == page && running.skipped == ["dropped": 3])
            let ended = try await queue.end(operation, .done, now: now + .seconds(1))
            let again = try await queue.end(operation, .failed, now: now + .seconds(2))
            #expect(ended == 4 && again == nil)
            #expect(try folder.reader().operation(operation)?.state == .done)
            #expect(try folder.reader().runningOperations().isEmpty)
        }
    }
}
