import Database
import Domain
import Store
import Testing

/// What is the same event, posted again: at once, later, after a restart.
enum IdentityCases {
    static let all = [
        StoreCase("an identity holds as long as its window", windows),
        StoreCase("an event posted many times at once is one", atOnce),
        StoreCase("a batch has an answer for each, in order", batch),
        StoreCase("identities and numbers outlive a restart and a clock that went back", restart),
        StoreCase("old identities are free again, some at a time", identities),
    ]

    private static let now = StorePlace.start

    private static func windows(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let window = Duration.seconds(60)
            let event = NewEvent.sample("a", notBefore: now + .seconds(9), window: window, unresolved: [.user("x")])
            let created = try await queue.post(event)
            let id = created.id
            #expect(created == .created(id, .scheduled))
            let reader = try place.stores.queueReader()
            var posted = PostedIdentity(scope: event.identity, bodyHash: event.bodyHash, window: window)
            let first = Acceptance.duplicate(id, .scheduled, unresolved: [.user("x")])
            #expect(try reader.acceptance(of: posted, now: now) == first)
            #expect(try reader.acceptance(of: posted, now: now + window) == first, "at its end it is still the same")
            #expect(try reader.acceptance(of: posted, now: now - window * 9) == first, "a clock that went back")
            #expect(try reader.acceptance(of: posted, now: now + window + .milliseconds(1)) == nil)
            #expect(try reader.event(postedAs: event.identity) == id)
            posted.bodyHash[31] ^= 1
            #expect(try reader.acceptance(of: posted, now: now) == .conflict(id))
            posted.scope[0] ^= 32
            #expect(try reader.acceptance(of: posted, now: now) == nil, "letter case is another identity")
            #expect(try reader.event(postedAs: posted.scope) == nil)

            var later = event
            later.acceptedAt = now + window + .milliseconds(1)
            let other = try await queue.post(later)
            guard case .created = other, other.id > id else {
                Issue.record("\(other)")
                return
            }
            #expect(try reader.event(postedAs: event.identity) == other.id)
            let repeated = try await queue.post(later)
            #expect(repeated.id == other.id, "the newer event is the one repeated from now on")
        }
    }

    private static func atOnce(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let answers = try await withThrowingTaskGroup(of: Acceptance.self) { group in
                for _ in 0..<40 { group.addTask { try await queue.post(.sample("a")) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { if case .created = $0 { true } else { false } } == 1)
            #expect(answers.count == 40 && Set(answers.map(\.id)).count == 1)
            #expect(try place.stores.queueReader().dueEvents(now: now, limit: 9).count == 1)
        }
    }

    private static func batch(_ place: StorePlace) async throws {
        try await place.queue { queue in
            let known = try await queue.post(.sample("b")).id
            let answers = try await queue.post([
                .sample("a"), .sample("b"), .sample("c", notBefore: now + .seconds(60)), .sample("b", body: "other"),
                .sample("a"), .sample("a", body: "other"),
            ])
            let first = answers[0].id
            #expect(answers[0] == .created(first, .accepted))
            #expect(answers[1] == .duplicate(known, .accepted, unresolved: []))
            #expect(answers[2] == .created(answers[2].id, .scheduled))
            #expect(answers[3] == .conflict(known))
            #expect(answers[4] == .duplicate(first, .accepted, unresolved: []))
            #expect(answers[5] == .conflict(first))
            let none = try await queue.post([] as [NewEvent])
            #expect(none.isEmpty)
            #expect(
                try place.stores.queueReader().events(in: 0...Int64.max, limit: 9) == [known, first, answers[2].id]
            )
        }
    }

    private static func restart(_ place: StorePlace) async throws {
        let first = try await place.queue { try await $0.post(.sample("a")).id }
        let second = try await place.queue { queue in
            let again = try await queue.post(.sample("a"))
            #expect(again == .duplicate(first, .accepted, unresolved: []))
            return try await queue.post(.sample("b", at: now - .seconds(86_400))).id
        }
        #expect(second > first)
        // Nothing is left of them, and their numbers are not used again.
        let session = try place.session()
        for table in ["event", "content", "idempotency"] { try session.execute("DELETE FROM \(table)") }
        let third = try await place.queue { try await $0.post(.sample("a", at: now - .seconds(60))).id }
        #expect(third > second)
    }

    private static func identities(_ place: StorePlace) async throws {
        try await place.queue { queue in
            for number in Int64(0)..<5 { _ = try await queue.post(.sample("\(number)", at: now + .seconds(number))) }
            #expect(try await queue.prune(before: now) == 0)
            #expect(try await queue.prune(before: now + .seconds(3), max: 2) == 2)
            #expect(try await queue.prune(before: now + .seconds(3), max: 2) == 1)
            #expect(try await queue.prune(before: now + .seconds(3)) == 0)
            let reader = try place.stores.queueReader()
            let left = try (0..<5).map { try reader.event(postedAs: NewEvent.sample("\($0)").identity) != nil }
            #expect(left == [false, false, false, true, true])
            let again = try await queue.post(.sample("0"))
            #expect(again == .created(again.id, .accepted))
            let kept = try await queue.post(.sample("3"))
            #expect(kept == .duplicate(kept.id, .accepted, unresolved: []))
        }
    }
}
