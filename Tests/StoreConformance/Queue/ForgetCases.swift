import Domain
import Store
import Testing

/// A person's names leave the events.
enum ForgetCases {
    static let all = [
        StoreCase("events are found by a name as bytes, some at a time", found),
        StoreCase("a name goes from the events that are meant, and nothing else", forgotten),
    ]

    private static func found(_ place: StorePlace) async throws {
        try await place.queue { queue in
            var events: [NewEvent] = []
            for (number, author) in ["Zoé", "Zoe\u{301}", "zoé", "Zo\u{e9}", "nobody"].enumerated() {
                var event = NewEvent.sample("\(number)")
                event.publication.authorID = author
                events.append(event)
            }
            let ids = try await queue.post(events).map(\.id)
            _ = try await queue.append(.sample(ids[2], persons: 1...1), now: StorePlace.start)
            let reader = try place.stores.queueReader()
            #expect(try reader.events(naming: "Zoé", after: nil) == ([ids[0], ids[3]], ids[4]))
            #expect(try reader.events(naming: "Zoé", after: ids[0]) == ([ids[3]], ids[4]))
            #expect(try reader.events(naming: "zoé", after: nil).events == [ids[2]])
            // Users whom nobody knows stand in the answer.
            #expect(try reader.events(naming: "nobody", after: nil).events == [ids[2], ids[4]])
            #expect(try reader.events(naming: "Zoé", after: ids[4]) == ([], nil))
            #expect(try reader.events(naming: "%", after: nil).events.isEmpty)
        }
    }

    private static func forgotten(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let now = StorePlace.start
            let subject = NewEvent.sample("a", subject: "NOTE/u-1/2", unresolved: [.user("u-1"), .user("u-11")])
            let ids = try await queue.post([subject, .sample("b", subject: "NOTE/u-1/2")]).map(\.id)
            var step = ExpansionStep.sample(ids[0], persons: 1...2)
            step.unknownUsers = ["u-1", "U-1"]
            _ = try await queue.append(step, now: now)

            try await queue.forget(["u-1", "u-2"], in: [ids[0], EventID(rawValue: 7)])

            let reader = try place.stores.queueReader()
            let left = try #require(try reader.publication(of: ids[0]))
            #expect(left.audience.contains(.user("erased")) && !left.audience.contains(.user("u-1")))
            #expect(left.audience.count == subject.publication.audience.count && left.authorID == "erased")
            #expect(left.title == "Titre" && left.subject == "erased")
            let event = try #require(try reader.event(ids[0]))
            #expect(event.unknownUsers == ["erased", "U-1"] && event.subject == "erased")
            #expect(event.unresolved == [.user("erased"), .user("u-11")])
            #expect(try reader.publication(of: ids[1])?.authorID == "u-2")
            #expect(try reader.event(ids[1])?.subject == "NOTE/u-1/2")
            #expect(try reader.openPages().count == 1)
            try await queue.endErasure()
            // `u-11` holds it, too: a search finds more than a name.
            #expect(try reader.events(naming: "u-2", after: nil).events == [ids[1]])
        }
    }
}
