import Domain
import Store
import Testing

/// What events meant for one person, and how each person of an event stands.
enum PersonCases {
    static let all = [
        StoreCase("a person's events come from the newest, within a time", concerning),
        StoreCase("an event's persons come in order, however many at a time", ofEvent),
        StoreCase("who was not reached is told step by step", notReached),
    ]

    private static let now = StorePlace.start

    private static func concerning(_ place: StorePlace) async throws {
        try await place.queue { queue in
            var ids: [EventID] = []
            for (number, persons) in ([1...4, 3...6, 5...9] as [ClosedRange<Int64>]).enumerated() {
                let event = NewEvent.sample("\(number)", at: now + .seconds(Int64(number) * 7200))
                ids.append(try await queue.expanded(event, persons: persons, lanes: [.one, .two]).event)
            }
            let reader = try place.stores.queueReader()
            func events(
                _ user: QueueFilter.User,
                since: Int64 = 0,
                until: Int64 = 20_000,
                max: Int = 9
            ) throws -> [PersonalEvent] {
                try reader.events(
                    concerning: user,
                    since: now + .seconds(since),
                    until: now + .seconds(until),
                    max: max,
                    laneReason: { _ in .laneClosed }
                )
            }
            func known(_ number: Int64) -> QueueFilter.User { .known(PersonID(rawValue: number)) }
            let found = try events(known(3))
            #expect(found.map(\.event.id) == [ids[1], ids[0]])
            #expect(found[0].rows.map(\.lane) == [.one, .two] && found[0].standing == .waiting(.laneClosed))
            #expect(try events(known(3), since: 1).map(\.event.id) == [ids[1]])
            #expect(try events(known(3), until: 7200).map(\.event.id) == [ids[0]], "the end is not part of it")
            #expect(try events(known(3), max: 1).map(\.event.id) == [ids[1]])
            #expect(try events(known(99)).isEmpty)
            #expect(try events(.unknown("nobody")).isEmpty, "no slot is that user's")

            var step = ExpansionStep.sample(try await queue.post(.sample("x")).id, persons: 1...1)
            step.unknownUsers = ["Zoé", "zoé"]
            let slots = [0, 1].map { Plan.Slot(person: .unknown(index: $0), device: DeviceID(rawValue: 0)) }
            let nowhere = PageResult([.init(.withheld, reason: .unknownUser), .init(.withheld, reason: .unknownUser)])
            step.pages = [NewPage(lane: .nowhere, tag: 0, plan: Plan(slots: slots), result: nowhere)]
            _ = try await queue.append(step, now: now)
            let unknown = try events(.unknown("zoé"))
            #expect(unknown.map(\.event.id) == [step.event])
            #expect(unknown.first?.rows.map(\.person) == [.unknown(index: 1)])
            #expect(unknown.first?.standing == .notReached(.unknownUser))
        }
    }

    private static func ofEvent(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let event = try await queue.post(.sample("a")).id
            let lanes = [LaneID.one, .two]
            var first = ExpansionStep.sample(event, persons: 1...5, lanes: lanes, isLast: false)
            first.concerned.entries.append(.init(person: PersonID(rawValue: 7), role: .author, through: []))
            first.cursor = 7
            for step in [
                first, .sample(event, part: 1, persons: 8...9, lanes: lanes, isLast: false),
                .sample(event, part: 2, persons: 10...10, lanes: lanes),
            ] {
                let pages = try #require(try await queue.append(step, now: now)).map(\.page)
                try await queue.record([.accepted(pages[1], 0)], now: now)
            }
            let reader = try place.stores.queueReader()
            let report = try #require(try reader.report(on: event) { _ in nil })
            #expect(report.persons.map(\.person.rawValue) == [1, 2, 3, 4, 5, 7, 8, 9, 10])
            for limit in [1, 2, 3, 4, 100] {
                var all: [EventReport.Person] = []
                while true {
                    let page = try reader.persons(
                        of: event,
                        after: all.last?.person,
                        limit: limit,
                        laneReason: { _ in nil }
                    )
                    all += page
                    if page.count < limit { break }
                }
                #expect(all.map(\.person) == report.persons.map(\.person))
                #expect(all.map(\.standing) == report.persons.map(\.standing))
                #expect(all.map { $0.deliveries.map(\.id) } == report.persons.map { $0.deliveries.map(\.id) })
            }
            let reached = try reader.persons(of: event, after: nil, limit: 2, laneReason: { _ in nil }) {
                $0 == .reached
            }
            #expect(reached.map(\.person.rawValue) == [1, 8])
            let nobody = EventID(rawValue: 7)
            #expect(try reader.persons(of: nobody, after: nil, limit: 9, laneReason: { _ in nil }).isEmpty)
        }
    }

    private static func notReached(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let event = try await queue.post(.sample("a")).id
            let lanes = [LaneID.one, .two]
            let steps = [
                ExpansionStep.sample(event, persons: 1...4, lanes: lanes, isLast: false),
                .sample(event, part: 1, persons: 5...6, lanes: lanes),
            ]
            var pages: [PageID] = []
            for step in steps { pages += try #require(try await queue.append(step, now: now)).map(\.page) }
            try await queue.record(
                (0..<3).map { .rejected(pages[0], $0) } + [.rejected(pages[1], 0), .accepted(pages[1], 1)]
                    + [.rejected(pages[2], 1), .rejected(pages[3], 1)],
                now: now
            )
            let reader = try place.stores.queueReader()
            func numbers(_ part: Int) throws -> [Int64] { try reader.notReached(of: event, part: part).map(\.rawValue) }
            #expect(try numbers(0) == [1], "whom one device reached, or still may, is none")
            #expect(try numbers(1) == [6])
            #expect(try numbers(2).isEmpty)
        }
    }
}
