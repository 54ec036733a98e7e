import Domain
import Store
import Testing

/// Publishers that wait to be told how an event stands.
enum CallbackCases {
    static let all = [StoreCase("a callback is due at its time, or when its event ends", due)]

    private static func due(_ place: StorePlace) async throws {
        let now = StorePlace.start
        func posted(_ identity: String, _ seconds: Int64?, of publisher: String = "one") -> NewEvent {
            var event = NewEvent.sample(identity)
            event.publisher = publisher
            event.callbackAt = seconds.map { now + .seconds($0) }
            return event
        }
        try await place.queue { queue in
            let late = try await queue.post(posted("a", 60)).id
            let early = try await queue.post(posted("b", 30)).id
            let equal = try await queue.post(posted("c", 60)).id
            _ = try await queue.post(posted("d", nil))
            _ = try await queue.post(posted("e", 1, of: "One"))
            let reader = try place.stores.queueReader()
            func due(_ seconds: Int64, limit: Int = 9) throws -> [DueCallback] {
                try reader.dueCallbacks(of: "one", now: now + .seconds(seconds), limit: limit)
            }
            #expect(try due(29).isEmpty)
            #expect(try due(60).map(\.event) == [early, late, equal])
            #expect(try due(60, limit: 2).map(\.event) == [early, late])

            try await queue.delayCallback(early, attempts: 3, until: now + .seconds(90))
            #expect(try due(89).map(\.event) == [late, equal])
            #expect(try due(90).map(\.event) == [late, equal, early] && due(90).map(\.attempts) == [0, 0, 3])
            try await queue.endCallback(late)
            try await queue.endCallback(EventID(rawValue: 7))
            #expect(try due(99).map(\.event) == [equal, early])

            // Both end now: who was told in vain keeps the time of the next attempt.
            for event in [early, equal] {
                let pages = try #require(try await queue.append(.sample(event, persons: 1...1), now: now)).map(\.page)
                try await queue.record([.accepted(pages[0], 0)], now: now + .seconds(5))
            }
            #expect(try due(4).isEmpty)
            #expect(try due(5).map(\.event) == [equal] && due(5).map(\.attempts) == [0])
        }
    }
}
