import Database
import Domain
import Store
import Testing

/// A store that is opened, left and opened again; identities and numbers.
enum OpeningCases {
    static let all = [
        StoreCase("numbers go on after a close", numbersGoOn),
        StoreCase("a store is open once", oneProcess),
        StoreCase("who was taken over stops at the next commit", takenOver),
        StoreCase("what is terminal stays", terminalStays),
        StoreCase("the cursor moves with its pages", cursorMovesWithPages),
        StoreCase("keys stay", keysStay),
        StoreCase("what is remembered is kept", metaIsKept),
    ]

    /// Events and pages get new numbers after a clean close and after none.
    private static func numbersGoOn(_ place: StorePlace) async throws {
        var events: [EventID] = []
        var pages: [PageID] = []
        for turn in 0..<3 {
            try await place.queue { queue in
                let event = try await queue.post(.sample("\(turn)")).id
                events.append(event)
                pages += try #require(try await queue.append(.sample(event, persons: 1...3), now: StorePlace.start))
                    .map(\.page)
            }
        }
        #expect(events == Array(Set(events)).sorted())
        #expect(pages == Array(Set(pages)).sorted())
    }

    private static func oneProcess(_ place: StorePlace) async throws {
        try await place.queue { _ in
            let error = await #expect(throws: StoreError.self) { try await place.queue { _ in } }
            guard case .inUse = error else {
                Issue.record("\(error as Any)")
                return
            }
        }
    }

    private static func takenOver(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let epoch = queue.epoch
            try place.session().run("UPDATE meta SET value = ? WHERE name = 'epoch'", epoch + 1)
            let error = await #expect(throws: StoreError.self) { try await queue.post(.sample("a")) }
            guard case .failStopped = error else {
                Issue.record("\(error as Any)")
                return
            }
        }
    }

    private static func terminalStays(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let event = try await queue.post(.sample("a")).id
            let entries = try #require(try await queue.append(.sample(event, persons: 1...2), now: StorePlace.start))
            let page = entries[0].page
            for state in [DeliveryState.accepted, .rejected] {
                let outcomes = (0..<2).map {
                    Outcome(page: page, slot: $0, result: SlotResult(state, reason: nil), attempts: 1)
                }
                try await queue.record(outcomes, now: StorePlace.start)
            }
            let read = try #require(try place.stores.queueReader().page(page))
            #expect((0..<2).allSatisfy { read.result[$0].state == .accepted })
            #expect(try place.stores.queueReader().event(event)?.state == .done)
        }
    }

    private static func cursorMovesWithPages(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let event = try await queue.post(.sample("a")).id
            let step = ExpansionStep.sample(event, persons: 1...3, isLast: false)
            #expect(try await queue.append(step, now: StorePlace.start)?.count == 1)
            // The same step once more is behind the cursor: nothing is made twice.
            #expect(try await queue.append(step, now: StorePlace.start) == nil)
            let reader = try place.stores.queueReader()
            #expect(try reader.event(event)?.cursor == 3)
            #expect(try reader.openPages().count == 1)
        }
    }

    private static func keysStay(_ place: StorePlace) async throws {
        let key = try await place.queue { $0.installationKey }
        let target = Target(provider: ProviderID(1), bytes: Array("token".utf8), kind: "token", tail: "oken")
        let hash = try await place.registry { $0.seal.hash(target) }
        #expect(try await place.queue { $0.installationKey } == key)
        let later = TargetSeal.Key(id: "k2", key: StorePlace.key.key)
        #expect(try await place.registry(keys: [later, StorePlace.key]) { $0.seal.hash(target) } == hash)
    }

    private static func metaIsKept(_ place: StorePlace) async throws {
        try await place.queue { queue in
            queue.remember("token", [1])
            queue.remember("token", [2, 3])
        }
        #expect(try place.stores.queueReader().meta("token") == [2, 3])
    }
}
