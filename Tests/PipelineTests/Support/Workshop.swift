import Cryptography
import Domain
import FanOut
import Glibc
import Logging
import Providers
import SQLite
import Store
import StoreConformance
import Synchronization
import Telemetry
import Testing

@testable import Delivery
@testable import Pipeline

/// Both real stores in a folder of their own, with the services that work on them; only time is a test's own.
///
/// Pushes are not sent: ``deliver()`` loads what waits as the dispatcher does and records every loaded delivery as accepted.
final class Workshop {
    static let start = Instant(seconds: 1_790_000_000)
    static let key = TargetSeal.Key(id: "k1", key: SymmetricKey(data: [UInt8](repeating: 1, count: 32)))
    static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Wall clock and monotonic clock of a test.
    final class Clock: Sendable {
        private let milliseconds: Mutex<Int64>

        init(_ start: Instant) { milliseconds = Mutex(start.milliseconds) }

        var now: Instant { Instant(milliseconds: milliseconds.withLock { $0 }) }

        func advance(_ duration: Duration) { milliseconds.withLock { $0 += duration.wholeMilliseconds } }

        var source: TimeSource { TimeSource(now: { self.now }, monotonic: { self.now.milliseconds }) }
    }

    let folder: String
    let clock: Clock
    let queue: QueueStore
    let registry: Registry
    let reader: QueueReader
    let devices: RegistryReader
    let lane: LaneID
    var lanes: LaneTable
    let dispatcher: Dispatcher
    let expander: Expander
    let sweeper: Sweeper
    let rules: Current<DeliveryRules>
    /// What the loader reads.
    let loaderStores: FlakyStores
    var loader: DeliveryLoader

    /// Opens the folder, or makes it.
    init(
        _ folder: String,
        clock: Clock = Clock(start),
        limits: Limits = Limits(),
        rules: DeliveryRules = .none,
        key: TargetSeal.Key = key,
        texts: [MessageTexts] = []
    ) async throws {
        let rules = Current(rules)
        self.rules = rules
        self.folder = folder
        self.clock = clock
        queue = try SQLiteStores(folder: folder).openQueue(
            now: clock.now,
            newKey: [UInt8](repeating: 7, count: 32),
            onFatal: { _ in }
        )
        registry = try SQLiteStores(folder: folder).openRegistry(
            keys: [key],
            newKey: [UInt8](repeating: 9, count: 32),
            onFatal: { _ in }
        )
        reader = try SQLiteStores(folder: folder).queueReader()
        devices = try SQLiteStores(folder: folder).registryReader(seal: registry.seal)
        lane = try await queue.lane(named: "fcm/app", provider: .fcm, now: clock.now).id
        lanes = LaneTable(opening: [.webpush])
        lanes.add(lane, name: "fcm/app", for: .init(provider: .fcm, environment: .production, app: "app"))
        dispatcher = try Dispatcher(
            queue: queue,
            registry: registry,
            engine: FanOutEngine(),
            stores: SQLiteStores(folder: folder),
            rules: rules,
            limits: limits,
            time: clock.source,
            metrics: DispatchMetrics(MetricRegistry(prefix: "test_")),
            logger: Self.logger
        )
        expander = try Expander(
            queue: queue,
            dispatcher: dispatcher,
            stores: SQLiteStores(folder: folder),
            lanes: SharedLaneTable(lanes),
            activeByDefault: true,
            deviceAgeMax: .seconds(400 * 86_400),
            publisherSchools: { _ in nil },
            mergeWindow: Current(.seconds(60)),
            rules: rules,
            limits: limits,
            time: clock.source,
            logger: Self.logger
        )
        sweeper = Sweeper(
            queue: queue,
            registry: registry,
            identityWindow: .seconds(3 * 86_400),
            eventAge: .seconds(90 * 86_400),
            summaries: EventSummaries(
                reader: try Reading { try SQLiteStores(folder: folder).queueReader() },
                age: .seconds(400 * 86_400)
            ),
            deviceAges: .init(
                suspect: .seconds(30 * 86_400),
                disabled: .seconds(30 * 86_400),
                unseen: .seconds(400 * 86_400),
                history: .seconds(400 * 86_400)
            ),
            time: clock.source,
            logger: Self.logger
        )
        let stores = FlakyStores(folder: folder)
        loaderStores = stores
        loader = DeliveryLoader(
            queue: try stores.queueReader(),
            registry: try stores.registryReader(seal: registry.seal),
            installationKey: queue.installationKey,
            kinds: Current(PublicationCatalogue()),
            messages: Current(MessageCatalogue(texts)),
            rules: rules,
            limits: limits,
            time: clock.source
        )
    }

    func close() async {
        await queue.close()
        await registry.close()
    }

    /// A device of a user, `token-<user>` when nothing else is said.
    @discardableResult
    func register(_ user: String, installation: String? = nil, target: Target? = nil) async throws -> DeviceRow {
        let name = installation ?? "i-" + user
        let registration = Registration(
            installation: name,
            target: target ?? .fcmToken("token-" + user),
            environment: .production,
            app: "app"
        )
        _ = try await registry.register(
            registration,
            for: Account(userID: user, externalKey: nil),
            limits: Limits(),
            now: clock.now
        )
        return try #require(try devices.device(installation: name))
    }

    /// Schools of two feeds, one class each: pupil 1001 of guardian 2001, account `nadia`, and pupil 1009 of 2009 in Lyon, account `n.benali`.
    func deliverTwoFeeds() async throws {
        for (feed, uai, pupil, guardian) in [
            ("main", "0429901A", "1001", "2001"), ("lyon", "0699901B", "1009", "2009"),
        ] {
            let record = PupilRecord(
                person: PersonRecord(key: pupil, lastName: "P", firstName: ""),
                memberships: [
                    .init(place: .school(key: "S1")), .init(place: .schoolClass(key: "CP", school: "S1", name: "CP")),
                ],
                guardians: [.init(key: guardian, raw: "")]
            )
            let records: [DirectoryRecord] = [
                .school(SchoolRecord(key: "S1", uai: uai, name: feed)),
                .guardian(PersonRecord(key: guardian, lastName: "L", firstName: "")), .pupil(record),
            ]
            _ = try await registry.importing(
                records.map { DirectoryChange(.put($0)) },
                origin: ImportOrigin(format: "aaf1d", mode: "complete", feed: feed)
            )
        }
        try await tell("nadia", is: "2001", of: "main")
        try await tell("n.benali", is: "2009", of: "lyon")
    }

    /// The ENT's line that an account is this feed's guardian.
    func tell(_ account: String, is key: String, of feed: String) async throws {
        let record = UserRecord(id: account, externalKey: key, profile: .relative, locale: nil, feed: feed)
        #expect(try await registry.map([record]).state == .applied)
    }

    func publication(_ users: [String]) -> Publication {
        Publication(app: "BLOG", action: "POST", audience: users.map { .user($0) }, title: "T", body: "B")
    }

    @discardableResult
    func accept(
        _ users: [String],
        lifetime: Duration = .seconds(3600),
        dataClass: DataClass = .generic,
        mergeKey: [UInt8]? = nil,
        _ change: (inout Publication) -> Void = { _ in }
    ) async throws -> EventID {
        var publication = publication(users)
        change(&publication)
        let identity = SHA256.hash("\(users) \(clock.now.milliseconds) \(lifetime)")
        let acceptance = try await queue.accept(
            NewEvent(
                publisher: "ent",
                publication: publication,
                dataClass: dataClass,
                acceptedAt: clock.now,
                expiresAt: clock.now + lifetime,
                identity: identity,
                bodyHash: Array(identity),
                identityWindow: .seconds(3 * 86_400),
                unresolved: [],
                mergeKey: mergeKey
            )
        )
        guard case .created(let id, _) = acceptance else { throw StoreError.failed("\(acceptance)") }
        clock.advance(.milliseconds(1))
        return id
    }

    /// What a provider makes of a delivery: accepted, rejected for good, or not now.
    typealias Answer = (LoadedDelivery) -> SlotResult

    /// Loads every open page and every retry that is due; all that can be loaded is accepted, unless `answer` says otherwise.
    ///
    /// - Returns: what was sent.
    @discardableResult
    func deliver(on lane: any ProviderLane = PlainLane(), _ answer: Answer = Workshop.accept) async throws
        -> [LoadedDelivery]
    {
        var sent: [LoadedDelivery] = []
        for entry in try reader.openPages() {
            sent += try await record(try loader.load(entry.page, on: lane, now: 0), answer)
        }
        let due = try loadDue(on: lane)
        return sent + (try await record(due, answer))
    }

    /// What is due, loaded and sent; nobody has answered yet.
    func loadDue(on lane: any ProviderLane = PlainLane(), limit: Int = 500) throws -> DeliveryLoader.Loaded {
        let due = try reader.dueRetries(on: self.lane, now: clock.now, limit: limit)
        return due.isEmpty ? DeliveryLoader.Loaded() : try loader.load(due, on: lane, now: 0)
    }

    static func accept(_ delivery: LoadedDelivery) -> SlotResult {
        delivery.isRecap ? .acceptedInRecap : .accepted(attempts: 1, latencyMilliseconds: 5)
    }

    /// - Returns: what was sent.
    @discardableResult
    func record(_ loaded: DeliveryLoader.Loaded, _ answer: Answer = Workshop.accept) async throws -> [LoadedDelivery] {
        queue.unreadable.note(loaded.unreadable)
        try await queue.endUnreadable(
            loaded.unreadable.filter { $0.table == .page }.map { PageID(rawValue: $0.id) },
            now: clock.now
        )
        let answered = loaded.deliveries.map { delivery in
            let result = answer(delivery)
            return Outcome(
                page: delivery.id.page,
                slot: delivery.id.slot,
                result: result,
                retryAt: result.state == .deferred ? clock.now + .seconds(30) : nil,
                attempts: delivery.attempts + (result.state == .deferred ? 1 : 0),
                isRetry: delivery.isRetry
            )
        }
        // The recorder has what was loaded before anything of it can be answered.
        try await queue.record(loaded.ended, now: clock.now)
        try await queue.record(answered, now: clock.now)
        return loaded.deliveries
    }

    /// How each delivery of an event stands, in the order of their ids.
    func results(of event: EventID) throws -> [SlotResult] {
        let report = try #require(try reader.report(on: event, laneReason: { _ in nil }))
        return report.persons.flatMap(\.deliveries).sorted { $0.id < $1.id }.map(\.result)
    }

    func state(of event: EventID) throws -> EventState? { try reader.event(event)?.state }

    /// A second read-write connection that keeps no promise, for what only damage would do.
    func damage(_ file: String, _ body: (Connection) throws -> Void) throws {
        let connection = try Connection(path: folder + "/" + file, options: .writer)
        try connection.execute("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF")
        try body(connection)
    }
}

/// A folder for a test, removed at its end.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/carillon-pipeline-XXXXXX".utf8CString)
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

    /// The same stores once more; they must be closed.
    func copy() throws -> TemporaryFolder {
        let other = try TemporaryFolder()
        for file in ["queue.db", "registry.db"] {
            let connection = try Connection(path: path + "/" + file, options: .reader)
            try connection.backUp(to: other.path + "/" + file)
        }
        return other
    }
}

/// Opens the stores of `folder` for `body` and closes them, also when it throws.
func withWorkshop<T>(
    _ folder: TemporaryFolder,
    clock: Workshop.Clock = .init(Workshop.start),
    limits: Limits = Limits(),
    rules: DeliveryRules = .none,
    key: TargetSeal.Key = Workshop.key,
    texts: [MessageTexts] = [],
    _ body: (Workshop) async throws -> T
) async throws -> T {
    let workshop = try await Workshop(folder.path, clock: clock, limits: limits, rules: rules, key: key, texts: texts)
    do {
        let result = try await body(workshop)
        await workshop.close()
        return result
    } catch {
        await workshop.close()
        throw error
    }
}
