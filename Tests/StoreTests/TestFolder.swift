import Crypto
import Domain
import Glibc
import Providers
import SQLite
import Store
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

    static let start = Instant(seconds: 1_790_000_000)
    static let key = TargetSeal.Key(id: "k1", key: SymmetricKey(data: [UInt8](repeating: 1, count: 32)))

    static func open(_ path: String, onFatal: @escaping @Sendable (any Error) -> Void = { _ in }) throws -> QueueStore {
        try QueueStore(folder: path, now: start, newKey: [UInt8](repeating: 7, count: 32), onFatal: onFatal)
    }

    /// Opens the queue for `body` and closes it, also when `body` throws.
    func queue<T>(
        onFatal: @escaping @Sendable (any Error) -> Void = { _ in },
        _ body: (QueueStore) async throws -> T
    ) async throws -> T {
        let queue = try Self.open(path, onFatal: onFatal)
        return try await closing(body, queue, queue.close)
    }

    func registry<T>(keys: [TargetSeal.Key] = [key], _ body: (Registry) async throws -> T) async throws -> T {
        let registry = try Registry(
            folder: path,
            keys: keys,
            newKey: [UInt8](repeating: 9, count: 32),
            onFatal: { _ in }
        )
        return try await closing(body, registry, registry.close)
    }

    private func closing<S, T>(_ body: (S) async throws -> T, _ store: S, _ close: () async -> Void) async throws -> T {
        let result: T
        do {
            result = try await body(store)
        } catch {
            await close()
            throw error
        }
        await close()
        return result
    }

    func reader() throws -> QueueReader { try QueueReader(folder: path) }

    /// A second read-write connection, for what only another process would do.
    func intruder(_ file: String = "queue.db") throws -> Connection {
        try Connection(path: path + "/" + file, options: .writer)
    }
}

/// SplitMix64: the same walk for the same seed.
struct SeededWalk: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

final class Recorded<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    func append(_ element: sending Element) { elements.withLock { $0.append(element) } }

    var all: [Element] { elements.withLock { $0 } }
}

extension NewEvent {
    /// An event with this identity; hashes are the texts themselves, padded.
    static func sample(
        _ identity: String,
        body: String = "body",
        subject: String = "BLOG/1/2",
        at now: Instant = TestFolder.start,
        notBefore: Instant? = nil,
        window: Duration = .seconds(3 * 86_400),
        unresolved: [AudienceMember] = []
    ) -> NewEvent {
        NewEvent(
            publisher: "one",
            publication: Publication(
                source: "https://ent.example.org/one",
                id: identity,
                subject: subject,
                time: now,
                app: "BLOG",
                action: "PUBLISH-POST",
                school: "0429901A",
                audience: [.schoolClass("70011"), .user("u-1"), .pupil("9100001"), .group("1"), .school("0429901A")],
                authorID: "u-2",
                title: "Titre",
                body: body,
                resourceURI: "/blog#/view/1",
                params: ["a": ["b": .number(1)], "c": .null],
                urgency: .urgent,
                notBefore: notBefore,
                expiresAt: now + .seconds(3600)
            ),
            dataClass: .generic,
            acceptedAt: now,
            expiresAt: now + .seconds(3600),
            identity: Self.bytes32(identity),
            bodyHash: Self.bytes32(body),
            identityWindow: window,
            unresolved: unresolved
        )
    }

    private static func bytes32(_ text: String) -> [UInt8] {
        Array((Array(text.utf8) + [UInt8](repeating: 0, count: 32)).prefix(32))
    }
}

extension Acceptance {
    var id: EventID {
        switch self {
        case .created(let id, _), .duplicate(let id, _, _), .conflict(let id), .stale(let id): id
        }
    }
}

extension ExpansionStep {
    /// A step whose pages ring one device of each person, all pending.
    static func sample(
        _ event: EventID,
        part: Int = 0,
        persons: ClosedRange<Int64>,
        lanes: [LaneID] = [LaneID(rawValue: 1)],
        isLast: Bool = true,
        expiresAt: Instant = TestFolder.start + .seconds(3600)
    ) -> ExpansionStep {
        let slots = persons.map { Plan.Slot(person: PersonID(rawValue: $0), device: DeviceID(rawValue: $0 + 10_000)) }
        let pages = lanes.map {
            NewPage(lane: $0, tag: Int64(part), plan: Plan(slots: slots), result: PageResult(count: slots.count))
        }
        return ExpansionStep(
            event: event,
            part: part,
            pages: pages,
            concerned: ConcernedPersons(
                entries: persons.map {
                    .init(person: PersonID(rawValue: $0), role: .guardian, through: [PersonID(rawValue: $0 + 50_000)])
                }
            ),
            cursor: persons.upperBound,
            isLast: isLast,
            expiresAt: expiresAt,
            pupils: persons.count,
            unknownUsers: ["nobody"]
        )
    }
}

/// Untyped throws: inside `#expect` a typed throw is not understood by Swift 6.2.
extension QueueStore {
    func post(_ event: NewEvent) async throws -> Acceptance { try await accept(event) }
    func post(_ events: [NewEvent]) async throws -> [Acceptance] { try await accept(events) }
    func prune(before: Instant, max: Int = 2000) async throws -> Int {
        try await pruneIdentities(before: before, max: max)
    }
}

/// Of one person, device or account; a row that cannot be read fails the test.
extension RegistryReader {
    func route(_ person: PersonID, seenSince: Instant = Instant(milliseconds: .min)) throws -> [DeviceRoute] {
        try routes(of: [person], seenSince: seenSince)[person, default: []].map { try $0.get() }
    }

    func address(_ device: DeviceID) throws -> DeviceAddress? { try addresses(of: [device])[device]?.get() }

    func tokens(of user: String) throws -> [String] {
        try targets(of: user, provider: .fcm, read: FCMTarget.text).map { try $0.get() }
    }
}
