import Database
import Domain
import SQLite
import Store
import StoreConformance
import Testing

/// A newer revision of the same source and subject takes the place of the older one.
@Suite(.timeLimit(.minutes(1)))
struct CorrectionTests {
    let folder: TestFolder
    let now = TestFolder.start

    init() throws { folder = try TestFolder() }

    private func event(
        _ identity: String,
        revision: Int64,
        publisher: String = "one",
        subject: String? = "BLOG/1/2",
        notBefore: Instant? = nil
    ) -> NewEvent {
        var event = NewEvent.sample(identity, notBefore: notBefore)
        event.publisher = publisher
        event.publication.revision = revision
        event.publication.subject = subject
        return event
    }

    @Test func `a higher revision takes over the collapse key, and what waits of the older one ends`() async throws {
        try await folder.queue { queue async throws in
            let first = try await queue.accept(event("a", revision: 1)).id
            let page = try #require(
                try await queue.append(.sample(first, persons: 1...3, isLast: false), now: now)?.first
            ).page
            let second = try await queue.accept(event("b", revision: 2)).id

            let stored = try #require(try folder.reader().event(second))
            #expect(stored.collapse == first && stored.ending == nil)
            let operation = try #require(try folder.reader().runningOperations().first)
            #expect(operation.orderVerb == .supersede && operation.actor == "publisher one")
            #expect(OrderScope(text: operation.scope)?.wholeEvent == first)
            // The mark holds before the order is carried out: for pages that come, and for what a crash left waiting.
            #expect(try folder.reader().event(first)?.ending == SlotResult(.dropped, reason: .superseded))
            #expect(try await queue.append(.sample(first, part: 1, persons: 4...5), now: now)?.isEmpty == true)
            let slice = OrderSlice(
                operation: operation.id,
                verb: .supersede,
                withDead: false,
                isFresh: false,
                pages: [(page, [0, 1, 2])],
                inFlight: [],
                skipped: [:]
            )
            #expect(try await queue.apply(slice, now: now).changed == 3)

            let report = try #require(try folder.reader().report(on: first) { _ in nil })
            #expect(report.persons.map(\.standing) == Array(repeating: .notReached(.superseded), count: 5))
            #expect(report.event.state == .done)
        }
    }

    @Test func `an equal or lower revision is stale and stores nothing`() async throws {
        try await folder.queue { queue async throws in
            let newest = try await queue.accept(event("a", revision: 5)).id
            for revision in [Int64(5), 4, 1] {
                #expect(try await queue.post(event("b\(revision)", revision: revision)) == .stale(newest))
            }
            #expect(try folder.reader().events(before: nil, state: nil, limit: 9).map(\.id) == [newest])
            #expect(try folder.reader().newerRevision(than: event("c", revision: 5).publication, of: "one") == newest)
            // The same identity is answered as before, stale or not; the refused one is free for another try.
            let newer = try await queue.accept(event("b4", revision: 6)).id
            #expect(try await queue.post(event("a", revision: 5)) == .duplicate(newest, .accepted, unresolved: []))
            #expect(try folder.reader().event(newer)?.collapse == newest)
        }
    }

    @Test func `a chain of corrections keeps the first collapse key, in one batch as well`() async throws {
        try await folder.queue { queue async throws in
            let answers = try await queue.post([
                event("a", revision: 1), event("b", revision: 2), event("c", revision: 2), event("d", revision: 3),
            ])
            let ids = answers.map(\.id)
            #expect(answers[2] == .stale(ids[1]))
            let collapses = try [ids[0], ids[1], ids[3]].map { try folder.reader().event($0)?.collapse }
            #expect(collapses == [ids[0], ids[0], ids[0]])
            #expect(try folder.reader().runningOperations().count == 2)
        }
    }

    @Test func `an event without revision, of another subject or publisher stands alone`() async throws {
        try await folder.queue { queue async throws in
            let first = try await queue.accept(event("a", revision: 3)).id
            let others = [
                event("b", revision: 0), event("c", revision: 1, subject: "BLOG/9"),
                event("d", revision: 1, subject: nil),
                event("e", revision: 4, publisher: "other"),
            ]
            for other in others {
                let id = try await queue.accept(other).id
                #expect(try folder.reader().event(id)?.collapse == id)
            }
            #expect(try folder.reader().event(first)?.ending == nil)
            #expect(try folder.reader().runningOperations().isEmpty)
        }
    }

    @Test func `an event that is done leaves its collapse key, and needs no order`() async throws {
        try await folder.queue { queue async throws in
            let first = try await queue.accept(event("a", revision: 0)).id
            let page = try #require(try await queue.append(.sample(first, persons: 1...1), now: now)?.first).page
            let accepted = SlotResult.accepted(attempts: 1, latencyMilliseconds: 1)
            try await queue.record([Outcome(page: page, slot: 0, result: accepted, attempts: 1)], now: now)

            let second = try await queue.accept(event("b", revision: 1)).id

            #expect(try folder.reader().event(second)?.collapse == first)
            #expect(try folder.reader().runningOperations().isEmpty)
            #expect(try folder.reader().report(on: first) { _ in nil }?.persons.first?.standing == .reached)
        }
    }

    @Test func `a scheduled event that is corrected is accounted for at once`() async throws {
        try await folder.queue { queue async throws in
            let first = try await queue.accept(event("a", revision: 1, notBefore: now + .seconds(600))).id
            let second = try await queue.accept(event("b", revision: 2, notBefore: now + .seconds(900))).id
            #expect(try folder.reader().dueEvents(now: now, limit: 9) == [first])
            #expect(try folder.reader().event(second)?.state == .scheduled)
        }
    }
}
