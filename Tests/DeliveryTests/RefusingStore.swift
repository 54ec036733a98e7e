import Domain
import Glibc
import SQLite
import Store
import StoreConformance
import Synchronization
import Testing

/// A queue on the disk with one page of deliveries, four unless told otherwise, which can be told to refuse outcomes.
final class RefusingStore {
    let stores: SQLiteStores
    let queue: QueueStore
    let event: EventID
    let page: PageID
    let reader: QueueReader
    private let folder: String
    private let count: Int
    /// A session beside the queue's own.
    private let other: Connection

    private init(_ folder: String, deliveries: Int) async throws {
        self.folder = folder
        count = deliveries
        stores = SQLiteStores(folder: folder)
        queue = try stores.openQueue(
            now: StorePlace.start,
            newKey: [UInt8](repeating: 7, count: 32),
            onFatal: { _ in }
        )
        event = try await queue.post(.sample("event")).id
        let entries = try await queue.append(.sample(event, persons: 1...Int64(deliveries)), now: StorePlace.start)
        page = try #require(entries?.first).page
        reader = try stores.queueReader()
        other = try Connection(path: folder + "/queue.db", options: .writer)
    }

    /// Makes one for `body`, and removes it.
    static func with(deliveries: Int = 4, _ body: (RefusingStore) async throws -> Void) async throws {
        var template = Array("/tmp/carillon-delivery-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            for file in ["queue.db", "registry.db"] {
                for end in ["", "-wal", "-shm"] { unlink(folder + "/" + file + end) }
            }
            unlink(folder + "/lock")
            rmdir(folder)
        }
        let store = try await RefusingStore(folder, deliveries: deliveries)
        do { try await body(store) } catch {
            await store.queue.close()
            throw error
        }
        await store.queue.close()
    }

    func refuse() throws {
        try other.execute("CREATE TRIGGER refusal BEFORE UPDATE ON result BEGIN SELECT RAISE(ABORT, 'no room'); END")
    }

    func takeAgain() throws { try other.execute("DROP TRIGGER refusal") }

    /// Everything that was given to the writer before this has its answer.
    func catchUp() async throws {
        _ = try await queue.post(.sample("catch up \(UInt64.random(in: .min ... .max))"))
    }

    func delivery(_ slot: Int) -> DeliveryID { DeliveryID(page: page, slot: slot) }

    func outcome(_ slot: Int, _ result: SlotResult, retryAt: Instant? = nil, isRetry: Bool = false) -> Outcome {
        Outcome(page: page, slot: slot, result: result, retryAt: retryAt, attempts: 1, isRetry: isRetry)
    }

    /// How the deliveries stand on the disk.
    func states() throws -> [DeliveryState] {
        let stored = try #require(try reader.pages([page])[page]).get()
        return (0..<count).map { stored.result[$0].state }
    }
}

/// A clock by hand.
final class HandClock: Sendable {
    private let milliseconds = Mutex<Int64>(1_000)

    var source: TimeSource {
        TimeSource(
            now: { StorePlace.start + .milliseconds(self.milliseconds.withLock { $0 }) },
            monotonic: { self.milliseconds.withLock { $0 } }
        )
    }

    func advance(_ more: Int64) { milliseconds.withLock { $0 += more } }
}
