import Database
import Domain
import Store
import Testing

/// Rows that cannot be read: each its own fault, never its neighbours'.
enum DamageCases {
    static let all = [
        StoreCase("a damaged page fails alone", pageAlone),
        StoreCase("a damaged event is left out of lists, and noted", eventAlone),
        StoreCase("work that cannot be read is named in order", work),
        StoreCase("what waits on an unreadable page is ended", ended),
        StoreCase("an event that cannot be expanded is given up at its end", givenUp),
    ]

    private static func damage(_ place: StorePlace, _ page: PageID) throws {
        try place.session().run(
            "UPDATE result SET slots = ? WHERE page = ?",
            [UInt8](repeating: 255, count: 8),
            page.rawValue
        )
    }

    private static func pageAlone(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let (_, pages) = try await queue.expanded(.sample("a"), lanes: [.one, .two])
            try damage(place, pages[0])
            let reader = try place.stores.queueReader()
            let row = UnreadableRowError(.page, pages[0].rawValue, .damaged)
            #expect(throws: row) { try reader.page(pages[0]) }
            let both = try reader.pages(pages)
            #expect(both[pages[0]]?.failure == row && both[pages[1]]?.value != nil)
            let held = try await queue.record(pages.map { .accepted($0, 0) }, now: StorePlace.start)
            #expect(held == [pages[0]])
            #expect(try reader.page(pages[1])?.result[0].state == .accepted)
            #expect(queue.unreadable.first(9) == [row])
        }
    }

    private static func eventAlone(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let ids = try await queue.post((0..<4).map { .sample("\($0)") }).map(\.id)
            try place.session().run("UPDATE event SET unknown_users = ? WHERE id = ?", "{", ids[2].rawValue)
            let reader = try place.stores.queueReader()
            let listed = try reader.events(before: nil, state: nil, limit: 3)
            #expect(listed.map(\.id) == [ids[3], ids[1], ids[0]], "the list is as long as it was asked to be")
            #expect(reader.unreadable.counts == [.event: 1])
            let found = try reader.eventsWithText(ids)
            #expect(found.values.compactMap(\.failure) == [UnreadableRowError(.event, ids[2].rawValue, .damaged)])
            #expect(try reader.expiry(of: ids[2]) != nil)
        }
    }

    private static func work(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let ids = try await queue.post((0..<3).map { .sample("\($0)") }).map(\.id)
            let (done, pages) = try await queue.expanded(.sample("done"), persons: 1...1)
            try await queue.record([.accepted(pages[0], 0)], now: StorePlace.start)
            let (_, open) = try await queue.expanded(.sample("open"))
            let session = try place.session()
            for id in [ids[2], ids[0], done] { try session.run("DELETE FROM content WHERE event = ?", id.rawValue) }
            try session.run("DELETE FROM plan WHERE page = ?", open[0].rawValue)
            let reader = try place.stores.queueReader()
            #expect(
                try reader.unreadableWork() == [
                    UnreadableRowError(.event, ids[0].rawValue, .incomplete),
                    UnreadableRowError(.event, ids[2].rawValue, .incomplete),
                    UnreadableRowError(.page, open[0].rawValue, .incomplete),
                ],
                "what has ended needs no text"
            )
            #expect(try reader.unreadable(ids[0])?.cause == .incomplete)
            #expect(try reader.unreadable(ids[1]) == nil && reader.unreadable(EventID(rawValue: 7)) == nil)
        }
    }

    private static func ended(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.queue { queue in
            let (event, pages) = try await queue.expanded(.sample("a"), lanes: [.one, .two])
            let (other, planless) = try await queue.expanded(.sample("b"))
            try await queue.record([.deferred(pages[0], 0, until: now + .seconds(9))], now: now)
            try await queue.record((0..<4).map { .accepted(pages[1], $0) }, now: now)
            try damage(place, pages[0])
            try place.session().run("DELETE FROM plan WHERE page = ?", planless[0].rawValue)
            let (_, sound) = try await queue.expanded(.sample("c"))
            let reader = try place.stores.queueReader()

            try await queue.endUnreadable(pages + sound, now: now)
            #expect(try reader.openPages().map(\.page).contains(sound[0]), "a page that can be read goes on")
            #expect(try reader.page(sound[0])?.result.pendingCount == 4)
            #expect(try reader.event(event)?.state == .done)
            #expect(try reader.dueRetries(on: .one, now: now + .seconds(9), limit: 9).isEmpty)
            #expect(try !reader.hasOpenPage(on: .two))
            #expect(try reader.page(pages[1])?.result[0].state == .accepted, "a page that can be read stays as it is")
            #expect(try reader.unreadableWork().map(\.id) == [pages[0].rawValue, planless[0].rawValue].sorted())

            queue.giveUp([UnreadableRowError(.page, planless[0].rawValue, .incomplete)], now: now)
            // Its commit comes after that.
            _ = try await queue.lane(named: "fcm/a", provider: .some, now: now)
            #expect(try reader.event(other)?.state == .done)
            #expect(try reader.openPages().map(\.page) == sound)
            #expect(queue.unreadable.counts[.page] == 1)
        }
    }

    private static func givenUp(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.queue { queue in
            let ids = try await queue.post([.sample("a"), .sample("b")]).map(\.id)
            _ = try await queue.append(.sample(ids[1], persons: 1...2, isLast: false), now: now)
            let end = now + .seconds(3600)
            let early = try await queue.giveUp(events: ids, now: end - .milliseconds(1))
            #expect(early == 0)
            let first = try await queue.giveUp(events: ids, now: end)
            #expect(first == 1, "what has something to do goes when that has ended")
            let reader = try place.stores.queueReader()
            #expect(try reader.event(ids[0])?.doneAt == end)
            #expect(try reader.event(ids[1])?.state == .expanding)
            while try await !queue.expire(now: end).isEmpty {}
            let second = try await queue.giveUp(events: ids, now: end)
            #expect(second == 1)
        }
    }
}
