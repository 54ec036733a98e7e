import Domain
import Store
import Testing

/// Old events go wholly or not at all.
enum PruneCases {
    static let all = [
        StoreCase("an ended event goes with all that is its own, an open one stays", wholly),
        StoreCase("a slice of pruning ends at its bounds", bounded),
        StoreCase("a summary outlives its event for a time", summaries),
    ]

    private static func ended(_ queue: QueueStore, _ identity: String, at now: Instant) async throws -> EventID {
        var event = NewEvent.sample(identity, at: now)
        event.callbackAt = now
        let (id, pages) = try await queue.expanded(event, lanes: [.one, .two])
        try await queue.record([.dead(pages[0], 0, at: now)] + (1..<4).map { .accepted(pages[0], $0) }, now: now)
        try await queue.record((0..<4).map { .accepted(pages[1], $0) }, now: now)
        return id
    }

    private static func wholly(_ place: StorePlace) async throws {
        let now = StorePlace.start
        let later = now + .seconds(1000)
        try await place.queue { queue in
            for name in ["fcm/a", "fcm/b"] { _ = try await queue.lane(named: name, provider: .some, now: now) }
            let old = try await ended(queue, "old", at: now)
            let (open, pages) = try await queue.expanded(.sample("open"))
            try await queue.record((0..<3).map { .accepted(pages[0], $0) }, now: now)
            let new = try await ended(queue, "new", at: later)
            let reader = try place.stores.queueReader()
            let page = try #require(try reader.delivery(firstOf: old)?.id.page)
            #expect(try reader.prunableEvents(acceptedBefore: later, limit: 9) == [old])
            #expect(try reader.prunableEvents(acceptedBefore: later + .milliseconds(1), limit: 9) == [old, new])
            #expect(try reader.prunableEvents(acceptedBefore: later + .milliseconds(1), limit: 1) == [old])

            let report = try await queue.prune(acceptedBefore: later)

            #expect(report == PruneReport(events: 1, pages: 2))
            #expect(try reader.event(old) == nil && reader.publication(of: old) == nil && reader.page(page) == nil)
            #expect(try reader.concerned(of: old, part: 0).get().entries.isEmpty)
            #expect(try reader.attempts(of: DeliveryID(page: page, slot: 0)).isEmpty)
            #expect(try reader.backlog()[.one]?.dead == 1)
            #expect(try reader.dueCallbacks(of: "one", now: later, limit: 9).map(\.event) == [new])
            #expect(try reader.event(open)?.state == .sending && reader.event(new)?.state == .done)
            var conservation = Conservation(reader)
            let check = try conservation.check()
            #expect(check.violations == [] && check.counts.events == 2 && check.counts.dead == 1)
            // Its identity outlives it, and is free.
            guard case .created = try await queue.post(.sample("old")) else {
                Issue.record("the identity of a pruned event is not free")
                return
            }
        }
    }

    private static func bounded(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.queue { queue in
            for number in 0..<5 { _ = try await ended(queue, "\(number)", at: now) }
            let before = now + .seconds(1)
            let pages = try await queue.prune(acceptedBefore: before, pagesMax: 3)
            #expect(pages == PruneReport(events: 2, pages: 4, isFull: true))
            let events = try await queue.prune(acceptedBefore: before, eventsMax: 2)
            #expect(events == PruneReport(events: 2, pages: 4, isFull: true))
            let rest = try await queue.prune(acceptedBefore: before)
            #expect(rest == PruneReport(events: 1, pages: 2))
            let none = try await queue.prune(acceptedBefore: before)
            #expect(none == PruneReport())
        }
    }

    private static func summaries(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.queue { queue in
            let first = try await ended(queue, "a", at: now)
            let second = try await ended(queue, "b", at: now + .seconds(1))
            let third = try await ended(queue, "c", at: now + .seconds(2))
            let before = now + .seconds(9)
            let kept = [first: #"{"é":1}"#, second: "no JSON"]
            let report = try await queue.prune(acceptedBefore: before, summaries: kept)
            #expect(report.events == 2, "what has no summary stays")
            let reader = try place.stores.queueReader()
            #expect(try reader.event(third) != nil)
            let summary = try #require(try reader.summary(of: first))
            #expect(summary.publisher == "one" && summary.view == JSONObject(["é": .number(1)]))
            #expect(try reader.summary(of: second)?.view["unreadable"] == true)
            #expect(try reader.summary(of: third) == nil)
            let pruned = try await queue.pruneSummaries(acceptedBefore: now + .seconds(1))
            #expect(pruned == 1)
            #expect(try reader.summary(of: first) == nil && reader.summary(of: second) != nil)
        }
    }
}

extension QueueReader {
    fileprivate func delivery(firstOf event: EventID) throws -> DeliveryRow? {
        var filter = QueueFilter()
        filter.event = event
        let scan = DeliveryScan(self, filter)
        return try scan.next().flatMap { try scan.rows(of: $0).first }
    }
}
