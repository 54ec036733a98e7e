import Database
import Domain
import Glibc
import SQLite
import Store
import StoreConformance
import Testing

@Suite(.timeLimit(.minutes(1)))
struct QueueAcceptTests {
    let folder: TestFolder
    let now = TestFolder.start

    init() throws { folder = try TestFolder() }

    @Test func `what was accepted is read back whole`() async throws {
        try await folder.queue { queue async throws in
            let new = NewEvent.sample("a", unresolved: [.schoolClass("99")])
            let id = try await queue.post(new).id

            let reader = try folder.reader()
            let event = try #require(try reader.event(id))
            #expect(event.state == .accepted && event.publisher == "one" && event.school == "0429901A")
            #expect(event.urgency == .urgent && event.dataClass == .generic && event.collapse == id)
            #expect(event.expiresAt == new.expiresAt && event.unresolved == [.schoolClass("99")])
            #expect(event.cursor == -1 && event.parts == 0)
            #expect(try reader.publication(of: id) == new.publication)
        }
    }

    @Test func `the same identity is the same event, with another body a conflict`() async throws {
        try await folder.queue { queue async throws in
            let first = try await queue.post(.sample("a", unresolved: [.user("x")]))
            #expect(first == .created(first.id, .accepted))
            #expect(
                try await queue.post(.sample("a", at: now + .seconds(86_400)))
                    == .duplicate(first.id, .accepted, unresolved: [.user("x")])
            )
            #expect(try await queue.post(.sample("a", body: "other")) == .conflict(first.id))
            let second = try await queue.post(.sample("b"))
            #expect(second == .created(second.id, .accepted) && second.id > first.id)
        }
    }

    @Test func `the same event posted many times at once is one event`() async throws {
        try await folder.queue { queue async throws in
            let answers = try await withThrowingTaskGroup(of: Acceptance.self) { group in
                for _ in 0..<40 { group.addTask { try await queue.post(.sample("a")) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }

            let created = answers.filter { if case .created = $0 { true } else { false } }
            #expect(answers.count == 40 && created.count == 1)
            #expect(Set(answers.map(\.id)).count == 1)
            #expect(try folder.reader().dueEvents(now: now, limit: 9).count == 1)
        }
    }

    @Test(arguments: [(60_000, true), (60_001, false), (-5000, true)] as [(Int64, Bool)])
    func `an identity made of bytes holds for 60 seconds`(later: Int64, isDuplicate: Bool) async throws {
        try await folder.queue { queue async throws in
            let first = try await queue.post(.sample("bytes", window: .seconds(60)))
            let then = now + .milliseconds(later)
            let again = try await queue.post(.sample("bytes", at: then, window: .seconds(60)))
            #expect((again.id == first.id) == isDuplicate)
            // The newer event is the one repeated from now on.
            #expect(try await queue.post(.sample("bytes", at: then, window: .seconds(60))).id == again.id)
        }
    }

    @Test func `a batch is answered in its order`() async throws {
        try await folder.queue { queue async throws in
            let known = try await queue.post(.sample("b")).id
            let answers = try await queue.post([
                .sample("a"), .sample("b"), .sample("c", notBefore: now + .seconds(60)), .sample("b", body: "other"),
                .sample("a"),
            ])
            #expect(answers[0] == .created(answers[0].id, .accepted))
            #expect(answers[1] == .duplicate(known, .accepted, unresolved: []))
            #expect(answers[2] == .created(answers[2].id, .scheduled))
            #expect(answers[3] == .conflict(known))
            #expect(answers[4] == .duplicate(answers[0].id, .accepted, unresolved: []))
            #expect(try await queue.post([]).isEmpty)
        }
    }

    @Test func `identities and the order of ids outlive a restart and a clock that went back`() async throws {
        let first = try await folder.queue { try await $0.post(.sample("a")).id }
        try await folder.queue { queue async throws in
            #expect(try await queue.post(.sample("a")) == .duplicate(first, .accepted, unresolved: []))
            #expect(try await queue.post(.sample("b", at: now + .seconds(-86_400))).id > first)
        }
    }

    @Test func `ids never repeat although the newest events are gone`() async throws {
        let first = try await folder.queue { try await $0.post(.sample("a")).id }
        try folder.intruder().execute("DELETE FROM event; DELETE FROM content; DELETE FROM idempotency")
        try await folder.queue { queue async throws in
            #expect(try await queue.post(.sample("a", at: now + .seconds(-60))).id > first)
        }
    }

    @Test func `an accepted event survives SIGKILL of the process`() async throws {
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String] in
            let queue = try TestFolder.open(path)
            _ = try await queue.post(.sample("kept"))
            kill(getpid(), SIGKILL)
        }
        // The operator's command reads beside the corpse, before anybody repairs.
        let id = try #require(try folder.reader().dueEvents(now: now, limit: 10).first)
        try await folder.queue { queue async throws in
            #expect(try await queue.post(.sample("kept")) == .duplicate(id, .accepted, unresolved: []))
        }
    }

    @Test func `due events come in the order of their time, scheduled ones when it has come`() async throws {
        try await folder.queue { queue async throws in
            let later = try await queue.post(.sample("later", notBefore: now + .seconds(60))).id
            let first = try await queue.post(.sample("first")).id
            let second = try await queue.post(.sample("second", at: now + .seconds(1))).id

            let reader = try folder.reader()
            #expect(try reader.dueEvents(now: now + .seconds(1), limit: 10) == [first, second])
            #expect(try reader.dueEvents(now: now + .milliseconds(59_999), limit: 10) == [first, second])
            #expect(try reader.dueEvents(now: now + .seconds(60), limit: 10) == [first, second, later])
            #expect(try reader.dueEvents(now: now + .seconds(60), limit: 1) == [first])
            #expect(try reader.event(later)?.state == .scheduled)
            #expect(try reader.eventCounts(doneSince: now)[.accepted] == 2)
        }
    }

    @Test func `a pruned identity is free again`() async throws {
        try await folder.queue { queue async throws in
            for number in 0..<5 { _ = try await queue.post(.sample("\(number)", at: now + .seconds(Int64(number)))) }
            #expect(try await queue.prune(before: now + .seconds(3), max: 2) == 2)
            #expect(try await queue.prune(before: now + .seconds(3)) == 1)
            let again = try await queue.post(.sample("1"))
            #expect(again == .created(again.id, .accepted))
            let kept = try await queue.post(.sample("3"))
            #expect(kept == .duplicate(kept.id, .accepted, unresolved: []))
        }
    }
}
