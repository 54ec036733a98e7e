import Database
import Domain
import Glibc
import Providers
import SQLite
import Store
import StoreConformance
import Synchronization
import Testing

/// A data folder of its own for one test, removed at its end, with the real store in it.
final class TestFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/carillon-store-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for file in ["queue.db", "registry.db"] {
            for end in ["", "-wal", "-shm"] { unlink(path + "/" + file + end) }
        }
        unlink(path + "/lock")
        rmdir(path)
    }

    static let start = StorePlace.start
    static let key = StorePlace.key

    var stores: SQLiteStores { SQLiteStores(folder: path) }

    /// What the conformance suite works on.
    var place: StorePlace {
        StorePlace(
            stores: stores,
            session: { [path] in try Connection(path: path + "/queue.db", options: .writer) },
            registrySession: { [path] in try Connection(path: path + "/registry.db", options: .writer) }
        )
    }

    static func open(_ path: String, onFatal: @escaping @Sendable (any Error) -> Void = { _ in }) throws -> QueueStore {
        try SQLiteStores(folder: path).openQueue(now: start, newKey: [UInt8](repeating: 7, count: 32), onFatal: onFatal)
    }

    /// Opens the queue for `body` and closes it, also when `body` throws.
    func queue<T>(
        onFatal: @escaping @Sendable (any Error) -> Void = { _ in },
        _ body: (QueueStore) async throws -> T
    ) async throws -> T {
        try await place.queue(onFatal: onFatal, body)
    }

    func registry<T>(keys: [TargetSeal.Key] = [key], _ body: (Registry) async throws -> T) async throws -> T {
        try await place.registry(keys: keys, body)
    }

    func reader() throws -> QueueReader { try stores.queueReader() }

    /// A second read-write connection, for what only another process would do.
    func intruder(_ file: String = "queue.db") throws -> Connection {
        try Connection(path: path + "/" + file, options: .writer)
    }
}

final class Recorded<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    func append(_ element: sending Element) { elements.withLock { $0.append(element) } }

    var all: [Element] { elements.withLock { $0 } }
}

/// Of one person, device or account; a row that cannot be read fails the test.
extension RegistryReader {
    func route(_ person: PersonID, seenSince: Instant = Instant(milliseconds: .min)) throws -> [DeviceRoute] {
        try routes(of: [person], seenSince: seenSince)[person].map { try $0.get() }
    }

    func address(_ device: DeviceID) throws -> DeviceAddress? { try addresses(of: [device])[device]?.get() }

    func tokens(of user: String) throws -> [String] {
        try targets(of: user, provider: .fcm, read: FCMTarget.text).map { try $0.get() }
    }
}
