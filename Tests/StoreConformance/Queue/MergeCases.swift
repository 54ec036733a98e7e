import Domain
import Store
import Testing

/// Events that say the same, and what of them stands in for another.
enum MergeCases {
    static let all = [
        StoreCase("events say the same by their words, within a time", sayingTheSame),
        StoreCase("an event covers whom it rang or may still ring", coverage),
    ]

    private static func event(_ identity: String, _ words: UInt8?, at now: Instant) -> NewEvent {
        var event = NewEvent.sample(identity, at: now)
        event.mergeKey = words.map { [UInt8](repeating: $0, count: 32) }
        return event
    }

    private static func sayingTheSame(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.queue { queue in
            let first = try await queue.post(event("a", 1, at: now)).id
            let second = try await queue.post(event("b", 1, at: now + .seconds(60))).id
            let third = try await queue.post(event("c", 1, at: now + .seconds(61))).id
            let other = try await queue.post(event("d", 2, at: now)).id
            let silent = try await queue.post(event("e", nil, at: now)).id
            _ = try await queue.post(event("f", nil, at: now))
            let reader = try place.stores.queueReader()
            let window = Duration.seconds(60)
            #expect(try reader.sayingTheSame(as: second, within: window) == [first], "the end of the time counts")
            #expect(try reader.sayingTheSame(as: third, within: window) == [second])
            #expect(try reader.sayingTheSame(as: third, within: .seconds(61)) == [first, second])
            #expect(try reader.sayingTheSame(as: first, within: window) == [], "the younger one has not begun")
            #expect(try reader.sayingTheSame(as: other, within: window) == [])
            #expect(try reader.sayingTheSame(as: silent, within: window) == [], "no words are not equal words")

            _ = try await queue.append(.sample(second, persons: 1...1), now: now)
            #expect(try reader.sayingTheSame(as: first, within: window) == [second], "it was begun before")
            var scope = OrderScope()
            scope.words[.event] = [first.description]
            let order = NewOperation(actor: "lea", verb: .withdraw, scope: scope, matched: 0, eligible: 0, why: "")
            _ = try await queue.begin(order, now: now)
            #expect(try reader.sayingTheSame(as: second, within: window) == [], "what was taken back says nothing")
        }
    }

    private static func coverage(_ place: StorePlace) async throws {
        let now = StorePlace.start
        func persons(_ numbers: Int64...) -> Set<PersonID> { Set(numbers.map { PersonID(rawValue: $0) }) }
        try await place.queue { queue in
            let (first, pages) = try await queue.expanded(.sample("a"), persons: 1...5)
            let (second, others) = try await queue.expanded(.sample("b"), persons: 4...8)
            try await queue.record(
                [
                    .accepted(pages[0], 0), .rejected(pages[0], 1), .deferred(pages[0], 2, until: now + .seconds(60)),
                    .accepted(others[0], 1),
                    Outcome(page: pages[0], slot: 4, result: SlotResult(.withheld, reason: .merged)),
                ],
                now: now
            )
            let reader = try place.stores.queueReader()
            let ids = [PersonID](Array(1...8).map { PersonID(rawValue: $0) })
            let asked = persons(1, 2, 3, 4, 5, 99)
            let found = try reader.coverage(by: [first], of: asked)
            #expect(found == [ids[0]: .reached, ids[2]: .waiting, ids[3]: .waiting, ids[4]: .reached])
            let both = try reader.coverage(by: [first, second, EventID(rawValue: 7)], of: persons(4, 5, 8))
            #expect(both == [ids[3]: .waiting, ids[4]: .reached, ids[7]: .waiting])
            #expect(try reader.coverage(by: [first], of: []) == [:])
            #expect(try reader.coverage(by: [], of: asked) == [:])

            var scope = OrderScope()
            scope.words[.event] = [first.description]
            let order = NewOperation(actor: "lea", verb: .withdraw, scope: scope, matched: 0, eligible: 0, why: "")
            _ = try await queue.begin(order, now: now)
            let after = try reader.coverage(by: [first], of: asked)
            #expect(after == [ids[0]: .reached, ids[4]: .reached], "nothing more of it is sent")
        }
    }
}
