import Domain
import Store
import Testing

/// Deliveries that an operator adds to an event.
enum ResendCases {
    static let all = [StoreCase("a resend reopens its event, and none that was taken back", resent)]

    private static func resent(_ place: StorePlace) async throws {
        let now = StorePlace.start
        func scope(_ event: EventID) -> OrderScope {
            var scope = OrderScope()
            scope.words[.event] = [event.description]
            return scope
        }
        try await place.queue { queue in
            let (event, pages) = try await queue.expanded(.sample("a"))
            try await queue.record((0..<4).map { .rejected(pages[0], $0) }, now: now)
            let order = NewOperation(
                actor: "lea",
                verb: .resend,
                scope: scope(event),
                matched: 2,
                eligible: 2,
                why: "again"
            )
            let operation = try await queue.begin(order, now: now).id
            let plan = Plan(
                slots: [2, 4].map { .init(person: PersonID(rawValue: $0), device: DeviceID(rawValue: 50 + $0)) }
            )
            let step = ResendStep(
                operation: operation,
                event: event,
                part: 0,
                pages: [NewPage(lane: .two, tag: 1, plan: plan, result: PageResult(count: 2))],
                last: PersonID(rawValue: 4),
                expiresAt: now + .seconds(9000),
                isUrgent: true
            )

            let entries = try #require(try await queue.append(step, now: now + .seconds(1)))

            let reader = try place.stores.queueReader()
            #expect(entries.map(\.lane) == [.two] && entries.map(\.isUrgent) == [true])
            #expect(try reader.openPages() == entries)
            let reopened = try #require(try reader.event(event))
            #expect(reopened.state == .sending && reopened.doneAt == nil && reopened.expiresAt == now + .seconds(9000))
            #expect(reopened.parts == 1 && reopened.cursor == 4)
            let progress = try #require(try reader.operation(operation))
            #expect(progress.changed == 2 && progress.cursor.rawValue == 4 && progress.state == .running)
            // Whom the first page did not reach waits again.
            let report = try #require(try reader.report(on: event) { _ in nil })
            #expect(report.persons.map(\.standing.isReached) == [false, false, false, false])
            #expect(report.deliveries.pending == 2 && report.deliveries.rejected == 4)

            let withdrawal = NewOperation(
                actor: "lea",
                verb: .withdraw,
                scope: scope(event),
                matched: 0,
                eligible: 0,
                why: ""
            )
            let first = try await queue.begin(withdrawal, now: now)
            let again = try await queue.begin(withdrawal, now: now)
            #expect(again.id == first.id && again.head == nil && first.head != nil, "it is withdrawn once")
            let refused = try await queue.append(step, now: now + .seconds(2))
            #expect(refused == nil)
            #expect(try reader.openPages() == entries)
        }
    }
}
