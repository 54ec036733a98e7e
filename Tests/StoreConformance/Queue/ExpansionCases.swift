import Database
import Domain
import Store
import Testing

/// Steps of an expansion, and reads of many rows at once.
enum ExpansionCases {
    static let all = [
        StoreCase("each step keeps whom it concerns", concerned),
        StoreCase("a step that contradicts the store keeps no other back", apart),
        StoreCase("an event is to be expanded until its last step", toBeExpanded),
        StoreCase("a read of many keys answers each, and no other", manyKeys),
    ]

    private static func concerned(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.queue { queue in
            let event = try await queue.post(.sample("a")).id
            let steps = [
                ExpansionStep.sample(event, persons: 1...3, isLast: false),
                ExpansionStep.sample(event, part: 1, persons: 7...7),
            ]
            for step in steps { _ = try await queue.append(step, now: now) }
            let reader = try place.stores.queueReader()
            for step in steps {
                #expect(try reader.concerned(of: event, part: step.part).get() == step.concerned)
            }
            #expect(try reader.concerned(of: event, part: 2).get().entries.isEmpty)
            #expect(try reader.concerned(of: EventID(rawValue: 1), part: 0).get().entries.isEmpty)
            let stored = try #require(try reader.event(event))
            #expect(stored.parts == 2 && stored.cursor == 7 && stored.unknownUsers == ["nobody"] && stored.pupils == 1)
        }
    }

    private static func apart(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.queue { queue in
            let damaged = try await queue.post(.sample("a")).id
            let sound = try await queue.post(.sample("b")).id
            _ = try await queue.append(.sample(damaged, persons: 1...2, isLast: false), now: now)
            try place.session().run("UPDATE event SET parts = 0 WHERE id = ?", damaged.rawValue)

            let answers = try await queue.append(
                [
                    .sample(damaged, persons: 1...2), .sample(sound, persons: 1...2),
                    .sample(sound, part: 5, persons: 3...4),
                ],
                now: now
            )

            #expect(answers[0].failure == UnreadableRowError(.event, damaged.rawValue, .damaged))
            #expect(try answers[1].get()?.count == 1)
            #expect(try answers[2].get() == nil)
            let reader = try place.stores.queueReader()
            #expect(try reader.openPages().map(\.event) == [damaged, sound], "nothing is left of the step that failed")
            #expect(try reader.event(sound)?.state == .sending)
        }
    }

    private static func toBeExpanded(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.queue { queue in
            let event = try await queue.post(.sample("a", notBefore: now + .seconds(5))).id
            let reader = try place.stores.queueReader()
            func state() throws -> (Bool, EventState?) {
                (try reader.isToBeExpanded(event), try reader.event(event)?.state)
            }
            #expect(try state() == (true, .scheduled))
            _ = try await queue.append(.sample(event, persons: 1...1, isLast: false), now: now)
            #expect(try state() == (true, .expanding))
            let last = ExpansionStep.sample(event, part: 1, persons: 2...2)
            let pages = try #require(try await queue.append(last, now: now)).map(\.page)
            #expect(try state() == (false, .sending))
            let first = try reader.openPages().map(\.page)
            try await queue.record(Set(first + pages).map { .accepted($0, 0) }, now: now)
            #expect(try state() == (false, .done))
            #expect(try !reader.isToBeExpanded(EventID(rawValue: 1)))
        }
    }

    /// More than one statement takes, in no order, some of them twice or not there.
    private static func manyKeys(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.queue { queue in
            let count = 700
            let ids = try await queue.post((0..<count).map { .sample("\($0)") }).map(\.id)
            let entries = try await queue.append(ids.map { .sample($0, persons: 1...2) }, now: now)
            let pages = try entries.flatMap { try $0.get() ?? [] }.map(\.page)
            let reader = try place.stores.queueReader()
            var random = SeededWalk(seed: 5)
            for take in [0, 1, 2, 16, 17, 128, 129, 512, 513, count] {
                let chosen = ids.shuffled(using: &random).prefix(take)
                let asked = chosen + chosen.prefix(1) + [EventID(rawValue: 7)]
                let events = try reader.eventsWithText(Array(asked))
                #expect(Set(events.keys) == Set(chosen))
                for (id, event) in events {
                    let (stored, publication) = try event.get()
                    #expect(stored.id == id && publication.id == "\(ids.firstIndex(of: id) ?? -1)")
                }
                let wanted = pages.shuffled(using: &random).prefix(take)
                let read = try reader.pages(wanted + [PageID(rawValue: 9_999_999)])
                #expect(Set(read.keys) == Set(wanted))
                for (id, page) in read {
                    let page = try page.get()
                    #expect(page.id == id && page.plan.slots.count == 2 && page.openedAt == now && page.lane == .one)
                    #expect(page.event == ids[pages.firstIndex(of: id) ?? 0])
                }
            }
        }
    }
}
