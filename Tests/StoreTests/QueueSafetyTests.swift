import Database
import Domain
import Glibc
import Providers
import SQLite
import Store
import StoreConformance
import Testing

/// One process, one writer, fail-stop.
@Suite(.timeLimit(.minutes(1)))
struct QueueSafetyTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test func `a folder that is in use is refused`() async throws {
        try await folder.queue { _ in
            let error = #expect(throws: StoreError.self) { try TestFolder.open(folder.path) }
            guard case .inUse(_, pid: getpid()) = error else {
                Issue.record("\(error as Any)")
                return
            }
        }
        try await folder.queue { _ in }
    }

    @Test func `a folder whose lock cannot be made is not in use`() throws {
        let error = #expect(throws: StoreError.self) { try TestFolder.open(folder.path + "/missing") }
        guard case .unusable = error else {
            Issue.record("\(error as Any)")
            return
        }
    }

    @Test func `an older writer stops at its next commit when another took the folder over`() async throws {
        let fatal = Recorded<any Error>()
        try await folder.queue(onFatal: { fatal.append($0) }) { queue async throws in
            _ = try await queue.post(.sample("a"))
            try folder.intruder().execute("UPDATE meta SET value = value + 1 WHERE name = 'epoch'")

            for identity in ["b", "c"] {
                let error = await #expect(throws: StoreError.self) { try await queue.post(.sample(identity)) }
                guard case .failStopped = error else {
                    Issue.record("\(error as Any)")
                    return
                }
            }
        }
        #expect(fatal.all.count == 1)
        #expect(try folder.reader().dueEvents(now: TestFolder.start, limit: 10).count == 1)
    }

    @Test func `the installation's key is made once`() async throws {
        let key = try await folder.queue { $0.installationKey }
        #expect(key == [UInt8](repeating: 7, count: 32))
        try await folder.queue { _ in }
        let again = try SQLiteStores(folder: folder.path).openQueue(
            now: TestFolder.start,
            newKey: [UInt8](repeating: 8, count: 32),
            onFatal: { _ in }
        )
        #expect(again.installationKey == key)
        await again.close()
    }

    @Test(arguments: [true, false])
    func `page numbers a power cut took back are not given again`(keepsSequence: Bool) async throws {
        let first = try await page("a")
        // A clean close: nothing can be missing.
        let second = try await page("b")
        #expect(second == first + 1)
        let disk = try folder.intruder()
        try disk.execute("DELETE FROM meta WHERE name = 'closedAtPage'; DELETE FROM page")
        if !keepsSequence { try disk.execute("DELETE FROM sqlite_sequence WHERE name = 'page'") }
        #expect(try await page("c") > second + 1000)
    }

    /// The number of the page of a new event, in a store opened and closed for it.
    private func page(_ identity: String) async throws -> Int64 {
        try await folder.queue { queue async throws in
            let event = try await queue.post(.sample(identity)).id
            let entries = try await queue.append(.sample(event, persons: 1...3), now: TestFolder.start)
            return try #require(entries?.first).page.rawValue
        }
    }

    @Test func `a reader sees every commit while the writer works`() async throws {
        try await folder.queue { queue async throws in
            let reader = try folder.reader()
            for number in 1...20 {
                _ = try await queue.post(.sample("\(number)"))
                #expect(try reader.dueEvents(now: TestFolder.start, limit: 100).count == number)
            }
        }
    }

    @Test func `a closed store refuses, and is readable`() async throws {
        let queue = try TestFolder.open(folder.path)
        let id = try await queue.post(.sample("a")).id
        await queue.close()
        await #expect(throws: StoreError.stopped) { try await queue.post(.sample("b")) }
        #expect(try folder.reader().event(id) != nil)
    }

    @Test func `lanes are made once and keep the operator's order`() async throws {
        let now = TestFolder.start
        let id = try await folder.queue { queue async throws in
            let lane = try await queue.lane(named: "fcm/onepocket", provider: .fcm, now: now)
            #expect(lane.id.rawValue > 0 && lane.mode == .active && lane.provider == .fcm)
            let other = try await queue.lane(named: "apns/onepocket", provider: .apns, now: now)
            #expect(other.id != lane.id)
            try await queue.setMode(.paused, of: lane.id, actor: "uid 0", why: "test", now: now + .seconds(1))
            // An order that changes nothing is no new state.
            try await queue.setMode(.paused, of: lane.id, actor: "uid 0", why: "test", now: now + .seconds(5))
            queue.note(
                condition: "open",
                reason: "503",
                since: now + .seconds(1),
                virtualTime: 42,
                of: lane.id
            )
            return lane.id
        }
        try await folder.queue { queue async throws in
            let lane = try await queue.lane(named: "fcm/onepocket", provider: .fcm, now: now + .seconds(9))
            #expect(lane.id == id && lane.mode == .paused && lane.actor == "uid 0" && lane.why == "test")
            #expect(lane.condition == "open" && lane.conditionReason == "503" && lane.virtualTime == 42)
            #expect(lane.changedAt == now + .seconds(1))
            #expect(try folder.reader().lanes().map(\.name) == ["apns/onepocket", "fcm/onepocket"])
            do throws(StoreError) {
                try await queue.setMode(.active, of: LaneID(rawValue: 99), actor: "a", why: "", now: now)
                Issue.record("an order to no lane is refused")
            } catch {}
            // The refused order stopped nothing.
            try await queue.setMode(.active, of: id, actor: "uid 0", why: "", now: now)
            #expect(try folder.reader().lanes().last?.mode == .active)
        }
    }
}
