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

    @Test func `an accepted event survives SIGKILL of the process`() async throws {
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String] in
            let queue = try TestFolder.open(path)
            _ = try await queue.post(.sample("kept"))
            kill(getpid(), SIGKILL)
        }
        // The operator's command reads beside the corpse, before anybody repairs.
        let id = try #require(try folder.reader().dueEvents(now: TestFolder.start, limit: 10).first)
        try await folder.queue { queue async throws in
            #expect(try await queue.post(.sample("kept")) == .duplicate(id, .accepted, unresolved: []))
        }
    }
}
