import Domain
import Store
import Testing

/// Events: what is kept of them, which revision counts, and when their time comes.
enum AcceptCases {
    static let all = [
        StoreCase("an event is kept as it was posted, to the byte", kept),
        StoreCase("a newer revision takes the older one's place", revisions),
        StoreCase("events are due in the order of their times", due),
    ]

    private static func kept(_ place: StorePlace) async throws {
        try await place.queue { queue in
            var bare = NewEvent.sample("bare")
            bare.publication = Publication(app: "blog", action: "", audience: [], urgency: .normal)
            let least = try await queue.post(bare).id
            var full = NewEvent.sample("full", unresolved: [.schoolClass("x", school: "A"), .user("Zoé")])
            full.publication.title = "E\u{301} '\"\\ \u{1F600} 100% _"
            full.publication.revision = .max
            full.warnings = [ReceiptWarning(pointer: "/data", code: "emptyClass", detail: "é")]
            let most = try await queue.post(full).id

            let reader = try place.stores.queueReader()
            let event = try #require(try reader.event(least))
            #expect(event.school == nil && event.subject == nil && event.notBefore == nil && event.doneAt == nil)
            #expect(event.app == "blog" && event.action == "" && event.urgency == .normal && event.unresolved == [])
            #expect(event.withdrawal == nil && event.superseding == nil && event.mergedWith == [])
            #expect(event.cursor == -1 && event.parts == 0 && event.collapse == least && event.state == .accepted)
            #expect(try reader.publication(of: least) == bare.publication)
            let text = try #require(try reader.publication(of: most))
            #expect(
                text == full.publication
                    && text.title.map(ExactText.init) == ExactText("E\u{301} '\"\\ \u{1F600} 100% _")
            )
            let stored = try #require(try reader.event(most))
            #expect(stored.unresolved == full.unresolved && stored.warnings == full.warnings)
            #expect(stored.acceptedAt == full.acceptedAt && stored.expiresAt == full.expiresAt)
            #expect(try reader.expiry(of: most) == full.expiresAt)
            let nobody = EventID(rawValue: most.rawValue + 1)
            #expect(
                try reader.event(nobody) == nil && reader.publication(of: nobody) == nil
                    && reader.expiry(of: nobody) == nil
            )
            #expect(try reader.contentBytes(of: most) ?? 0 > reader.contentBytes(of: least) ?? 0)
            #expect(try reader.contentBytes(of: nobody) == nil)
        }
    }

    private static func revisions(_ place: StorePlace) async throws {
        func revision(_ number: Int64, _ subject: String = "S", of publisher: String = "one") -> NewEvent {
            var event = NewEvent.sample("\(number) \(subject) \(publisher)", subject: subject)
            event.publication.revision = number
            event.publisher = publisher
            return event
        }
        try await place.queue { queue in
            let reader = try place.stores.queueReader()
            #expect(try reader.newerRevision(than: revision(1).publication, of: "one") == nil)
            let first = try await queue.post(revision(2)).id
            for number in Int64(1)...2 {
                #expect(try reader.newerRevision(than: revision(number).publication, of: "one") == first)
            }
            #expect(try reader.newerRevision(than: revision(3).publication, of: "one") == nil)
            #expect(try reader.newerRevision(than: revision(1, "s").publication, of: "one") == nil)
            #expect(try reader.newerRevision(than: revision(1).publication, of: "two") == nil)
            let older = try await queue.post(revision(1))
            #expect(older == .stale(first))
            for other in [revision(1, "s"), revision(1, of: "two")] {
                guard case .created = try await queue.post(other) else {
                    Issue.record("another subject or publisher is stale")
                    return
                }
            }
            let newer = try await queue.post(revision(3)).id
            #expect(try reader.event(newer)?.collapse == first)
            let replaced = try #require(try reader.event(first))
            #expect(replaced.ending == SlotResult(.dropped, reason: .superseded))
            let order = try #require(try reader.runningOperations().first)
            #expect(order.id == replaced.superseding && order.orderVerb == .supersede)
            #expect(OrderScope(text: order.scope)?.wholeEvent == first)
        }
    }

    private static func due(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.queue { queue in
            let third = try await queue.post(.sample("c", at: now + .seconds(20))).id
            let second = try await queue.post(.sample("b", notBefore: now + .seconds(10))).id
            let first = try await queue.post(.sample("a")).id
            let fourth = try await queue.post(.sample("d", notBefore: now + .seconds(20))).id
            var other = NewEvent.sample("e", notBefore: now + .seconds(30))
            other.publisher = "One"
            _ = try await queue.post(other)
            let reader = try place.stores.queueReader()
            let inOrder = [first, second] + [third, fourth].sorted()
            #expect(try reader.dueEvents(now: now + .seconds(20), limit: 9) == inOrder)
            #expect(try reader.dueEvents(now: now + .seconds(20), limit: 3) == Array(inOrder.prefix(3)))
            #expect(try reader.dueEvents(now: now + .milliseconds(9999), limit: 9) == [first])
            #expect(try reader.scheduledEvents(of: "one", now: now, limit: 9) == 2)
            #expect(try reader.scheduledEvents(of: "one", now: now, limit: 1) == 1)
            #expect(try reader.scheduledEvents(of: "One", now: now, limit: 9) == 1)
            #expect(try reader.scheduledEvents(of: "one", now: now + .seconds(10), limit: 9) == 1)
            _ = try await queue.append(.sample(first, persons: 1...1, isLast: false), now: now)
            _ = try await queue.append(.sample(second, persons: 1...1), now: now)
            #expect(try reader.dueEvents(now: now + .seconds(20), limit: 9) == [first] + inOrder.suffix(2))
        }
    }
}
