import Database
import Glibc
import SQLite
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1)))
struct WriterTests {
    let store: TemporaryStore

    init() throws {
        store = try TemporaryStore()
    }

    @Test func `a job is answered after its commit, with its result`() async throws {
        let writer = try store.writer()
        let id = try await writer.perform(.full) { connection in
            try connection.insert("INSERT INTO item (name) VALUES (?) RETURNING id", "a")
        }
        // A reader sees committed rows only.
        #expect(try store.reader().first("SELECT id FROM item") { $0.int64(0) } == id)
        await writer.stop()
    }

    @Test func `jobs that wait share one commit`() async throws {
        let reports = Recorded<CommitReport>()
        let writer = try store.writer(onCommit: { reports.append($0) })
        try await blocked(writer) {
            try (1...50).map { id in
                try answer(of: writer, .normal) { try $0.run("INSERT INTO item (id) VALUES (?)", id) }
            }
        }
        #expect(reports.all.map(\.jobs) == [1, 50])
        #expect(try rows() == 50)
        await writer.stop()
    }

    @Test func `normal jobs linger for company`() async throws {
        let reports = Recorded<CommitReport>()
        // The batch starts because it is complete, long before the linger ends.
        let writer = try store.writer(.init(batchJobsMax: 3, linger: .seconds(3600)), onCommit: { reports.append($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for id in 1...3 {
                group.addTask {
                    try await writer.perform(.normal) { try $0.run("INSERT INTO item (id) VALUES (?)", id) }
                }
            }
            try await group.waitForAll()
        }
        #expect(reports.all.map(\.jobs) == [3])
        await writer.stop()
    }

    @Test(arguments: [(Durability.full, 2), (.normal, 1)])
    func `the commit runs with the durability asked for`(durability: Durability, synchronous: Int) async throws {
        let writer = try store.writer()
        for _ in 1...2 {
            let seen = try await writer.perform(durability) { try $0.first("PRAGMA synchronous") { $0.int(0) } }
            #expect(seen == synchronous)
        }
        await writer.stop()
    }

    @Test func `one full job makes the whole batch full`() async throws {
        let reports = Recorded<CommitReport>()
        let writer = try store.writer(onCommit: { reports.append($0) })
        let seen = Recorded<Int?>()
        try await blocked(writer) {
            let normal = try answer(of: writer, .normal) {
                seen.append(try $0.first("PRAGMA synchronous") { $0.int(0) })
            }
            return [normal, try answer(of: writer, .full) { _ in }]
        }
        #expect(seen.all == [2])
        #expect(reports.all.last?.durability == .full)
        await writer.stop()
    }

    @Test(arguments: [true, false])
    func `a job that throws undoes only its own changes`(isIsolated: Bool) async throws {
        let writer = try store.writer()
        let failed = Recorded<any Error>()
        try await blocked(writer) {
            let first = try answer(of: writer, .normal) { try $0.run("INSERT INTO item (id) VALUES (1)") }
            try writer.submit(.normal, isIsolated: isIsolated) { connection in
                try connection.run("INSERT INTO item (id) VALUES (2)")
                throw SQLiteTestError.refused
            } completion: { (result: Result<Void, any Error>) in
                if case .failure(let error) = result { failed.append(error) }
            }
            return [first, try answer(of: writer, .full) { try $0.run("INSERT INTO item (id) VALUES (3)") }]
        }
        #expect(failed.all.count == 1 && failed.all.first is SQLiteTestError)
        #expect(try store.reader().all("SELECT id FROM item ORDER BY id") { $0.int(0) } == [1, 3])
        await writer.stop()
    }

    @Test func `a job above the limit of the queue is refused`() async throws {
        let writer = try store.writer(.init(queuedJobsMax: 2))
        try await blocked(writer) {
            let taken = try (1...2).map { _ in try answer(of: writer, .normal) { _ in } }
            #expect(throws: WriterError.overloaded) { try answer(of: writer, .full) { _ in } }
            return taken
        }
        await writer.stop()
    }

    @Test func `bytes above the limit of the queue are refused`() async throws {
        let writer = try store.writer(.init(queuedBytesMax: 100))
        try await blocked(writer) {
            let taken = [try answer(of: writer, .normal, bytes: 80) { _ in }]
            #expect(throws: WriterError.overloaded) { try answer(of: writer, .normal, bytes: 21) { _ in } }
            return taken
        }
        await writer.stop()
    }

    @Test func `on a full disk outcomes are recorded while accepts of the same batch fail`() async throws {
        let writer = try store.writer()
        try await writer.perform(.full) {
            try $0.run("INSERT INTO item (id, bytes) VALUES (1, ?)", [UInt8](repeating: 0, count: 500))
        }
        // A disk that is full only at the commit cannot be had without privileges: the accept ends its transaction as
        // SQLite does then.
        let accept = Recorded<any Error>()
        try await blocked(writer) {
            let outcome = try answer(of: writer, .normal) { connection in
                try connection.run("UPDATE item SET bytes = ? WHERE id = 1", [UInt8](repeating: 7, count: 500))
            }
            try writer.submit(.full) { connection in
                try connection.execute("ROLLBACK")
                throw SQLiteError(code: 13, message: "database or disk is full")
            } completion: { (result: Result<Void, any Error>) in
                if case .failure(let error) = result { accept.append(error) }
            }
            return [outcome, try answer(of: writer, .normal) { _ in }]
        }
        guard case .full = accept.all.first as? SQLiteError else {
            Issue.record("\(accept.all)")
            return
        }
        #expect(try store.reader().first("SELECT bytes FROM item") { $0.blob(0)[3] } == 7)
        await writer.stop()
    }

    @Test func `a fatal error stops the writer, tells once, and fails everything after`() async throws {
        let fatal = Recorded<any Error>()
        let writer = try store.writer(onFatal: { fatal.append($0) })
        await #expect(throws: SQLiteError.self) {
            try await writer.perform(.full) { connection in
                try connection.run("INSERT INTO item (id) VALUES (1)")
                throw SQLiteError(code: 1034, message: "disk I/O error")
            }
        }
        await #expect(throws: WriterError.self) { try await writer.perform(.full) { _ in } }
        await writer.stop()
        #expect(fatal.all.count == 1)
        #expect(try rows() == 0)
    }

    @Test func `a failed check undoes the batch and ends the writer`() async throws {
        let fatal = Recorded<any Error>()
        let epoch = Atomic(1)
        let writer = try store.writer(
            check: { _ in if epoch.load(ordering: .sequentiallyConsistent) != 1 { throw SQLiteTestError.refused } },
            onFatal: { fatal.append($0) }
        )
        try await writer.perform(.normal) { try $0.run("INSERT INTO item (id) VALUES (1)") }
        epoch.store(2, ordering: .sequentiallyConsistent)
        await #expect(throws: SQLiteTestError.refused) {
            try await writer.perform(.normal) { try $0.run("INSERT INTO item (id) VALUES (2)") }
        }
        await writer.stop()
        #expect(fatal.all.count == 1)
        #expect(try rows() == 1)
    }

    @Test func `stopping commits what waits and refuses what comes later`() async throws {
        let writer = try store.writer(.init(linger: .seconds(3600)))
        let answers = Recorded<Int>()
        for id in 1...5 {
            try writer.submit(.normal) {
                try $0.run("INSERT INTO item (id) VALUES (?)", id)
            } completion: { result in
                if case .success = result { answers.append(id) }
            }
        }
        await writer.stop()
        await writer.stop()
        #expect(answers.all == [1, 2, 3, 4, 5])
        #expect(access(store.path + "-wal", F_OK) != 0, "the last connection has checkpointed and removed the WAL")
        #expect(try rows() == 5)
        await #expect(throws: WriterError.stopped) { try await writer.perform(.full) { _ in } }
    }

    @Test func `a transaction past its time commits and leaves the rest to the next`() async throws {
        let reports = Recorded<CommitReport>()
        let writer = try store.writer(.init(batchTimeMax: .zero), onCommit: { reports.append($0) })
        try await blocked(writer) {
            try (1...3).map { id in
                try answer(of: writer, .normal) { try $0.run("INSERT INTO item (id) VALUES (?)", id) }
            }
        }
        #expect(reports.all.map(\.jobs) == [1, 1, 1, 1])
        #expect(try rows() == 3)
        await writer.stop()
    }

    @Test func `the WAL has its blocks from the start and starts over after a checkpoint`() async throws {
        let reports = Recorded<CommitReport>()
        let policy = CheckpointPolicy(pregrownBytes: 1 << 20, passiveBytes: 100_000, restartBytes: 1 << 20)
        let writer = try store.writer(.init(checkpoint: policy), onCommit: { reports.append($0) })
        var status = stat()
        #expect(stat(store.path + "-wal", &status) == 0)
        #expect(status.st_size == 1 << 20 && status.st_blocks * 512 >= 1 << 20)
        for _ in 1...30 {
            try await writer.perform(.full) {
                try $0.run("INSERT INTO item (bytes) VALUES (?)", [UInt8](repeating: 0, count: 40_000))
            }
        }
        #expect(reports.all.map(\.walBytes).max() ?? .max < 250_000)
        #expect(stat(store.path + "-wal", &status) == 0)
        #expect(status.st_size == 1 << 20)
        await writer.stop()
    }

    @Test func `a committed row survives SIGKILL of the process`() async throws {
        // The exit test's child writes, prints nothing, and kills itself right after the answer.
        await #expect(processExitsWith: .signal(SIGKILL)) { [directory = store.directory as String] in
            let writer = try Writer(path: directory + "/store.db", migrations: [itemTable], onFatal: { _ in })
            try await writer.perform(.normal) { try $0.run("INSERT INTO item (name) VALUES ('kept')") }
            kill(getpid(), SIGKILL)
        }
        #expect(try store.connection().first("SELECT name FROM item") { $0.text(0) } == "kept")
    }

    /// Holds the writer inside a job of its own while `submit` fills the queue, then waits for the answers.
    private func blocked(_ writer: Writer, _ submit: () throws -> [Answer]) async throws {
        let gate = Gate()
        let entered = Gate()
        let first = try answer(of: writer, .full) { _ in
            entered.open()
            gate.wait()
        }
        entered.wait()
        let answers: [Answer]
        do {
            defer { gate.open() }
            answers = try submit()
        }
        for answer in [first] + answers { try await answer.value }
    }

    @discardableResult
    private func answer(
        of writer: Writer,
        _ durability: Durability,
        bytes: Int = 0,
        _ body: @escaping @Sendable (any Session) throws -> Void
    ) throws -> Answer {
        let (stream, continuation) = AsyncThrowingStream<Void, any Error>.makeStream()
        try writer.submit(durability, bytes: bytes, body) { result in
            continuation.finish(throwing: result.failure)
        }
        return Answer(stream: stream)
    }

    private func rows() throws -> Int? {
        try store.reader().first("SELECT count(*) FROM item") { $0.int(0) }
    }
}

/// The answer to one job, waited for after the whole batch was submitted.
struct Answer {
    let stream: AsyncThrowingStream<Void, any Error>

    var value: Void {
        get async throws { for try await _ in stream {} }
    }
}

extension Result where Failure == any Error {
    var failure: (any Error)? {
        if case .failure(let error) = self { error } else { nil }
    }
}

final class Recorded<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    func append(_ element: sending Element) { elements.withLock { $0.append(element) } }

    var all: [Element] { elements.withLock { $0 } }
}

/// Opens once. `@unchecked Sendable`: a POSIX semaphore is made for several threads.
final class Gate: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func open() { sem_post(semaphore) }

    func wait() { while sem_wait(semaphore) != 0 {} }
}
