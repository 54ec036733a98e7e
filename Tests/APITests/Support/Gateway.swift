// swift-format-ignore-file: NeverForceUnwrap

import API
import Cryptography
import Delivery
import Domain
import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Pipeline
import Providers
import Store
import Synchronization
import Telemetry
import WebClient

/// The API on real stores in a temporary folder, with a fake ENT and a clock of its own; no dispatcher.
struct Gateway: Sendable {
    let services: APIServices
    let time: ManualTime
    let ent: FakeENT
    let folder: String

    static let publisherKey = "cpk_" + Base64.encodeURL(Array(repeating: 7, count: 32))
    static let otherKey = "cpk_" + Base64.encodeURL(Array(repeating: 9, count: 32))
    static let limitedKey = "cpk_" + Base64.encodeURL(Array(repeating: 11, count: 32))
    static let secret = Array(repeating: UInt8(5), count: 32)
    static let source = "https://ent.example.org/one"

    static let publishers: [PublisherDirectory.Entry] = [
        .init(
            publisher: Publisher(
                name: "one",
                sources: [source],
                schools: nil,
                rights: [.events, .directory, .persons]
            ),
            secrets: [secret],
            keys: [PublisherKey(id: "k1", sha256: PublisherKey.hash(publisherKey)!)]
        ),
        .init(
            publisher: Publisher(name: "other", sources: [], schools: nil, rights: [.events]),
            secrets: [],
            keys: [PublisherKey(id: "k1", sha256: PublisherKey.hash(otherKey)!)]
        ),
        .init(
            publisher: Publisher(name: "limited", sources: [], schools: ["0429902B"], rights: [.events]),
            secrets: [],
            keys: [PublisherKey(id: "k1", sha256: PublisherKey.hash(limitedKey)!)]
        ),
    ]

    /// Makes the gateway, runs the test against a router, and takes everything away again.
    static func run(
        api: @Sendable (APIServices) -> Router<APIContext> = { publicRouter($0) },
        change: @Sendable (inout APIServices) -> Void = { _ in },
        _ test: @Sendable (Gateway, APIClient) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("api-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder + "/work", withIntermediateDirectories: true)
        let ent = FakeENT()
        let server = Task { try await ent.server.run() }
        let port = await ent.server.port()!
        let client = WebClient()
        let time = ManualTime(Instant(rfc3339: "2026-11-23T12:00:00+01:00")!)
        let queue = try SQLiteStores(folder: folder).openQueue(
            now: time.source.now(),
            newKey: Array(repeating: 1, count: 32),
            onFatal: { _ in }
        )
        let registry = try SQLiteStores(folder: folder).openRegistry(
            keys: [.init(id: "k1", key: .init(data: SecureRandom.bytes(32)))],
            newKey: Array(repeating: 2, count: 32),
            onFatal: { _ in }
        )
        var services = try services(folder, queue, registry, time.source, client, port)
        change(&services)
        let gateway = Gateway(services: services, time: time, ent: ent, folder: folder)
        let result: Result<Void, any Error>
        do {
            try await Application(router: api(services)).test(.router) { client in
                try await test(gateway, APIClient(client: client))
            }
            result = .success(())
        } catch { result = .failure(error) }
        await client.stop()
        server.cancel()
        _ = await server.result
        await queue.close()
        await registry.close()
        try FileManager.default.removeItem(atPath: folder)
        try result.get()
    }

    private static func services(
        _ folder: String,
        _ queue: QueueStore,
        _ registry: Registry,
        _ time: TimeSource,
        _ client: WebClient,
        _ port: Int
    ) throws -> APIServices {
        let metrics = PipelineMetrics(MetricRegistry(prefix: "carillon_"))
        let seal = registry.seal
        let registryReader = try Reading<RegistryReader>({ try SQLiteStores(folder: folder).registryReader(seal: seal) }
        )
        var lanes = LaneTable(opening: [.webpush])
        lanes.add(
            LaneID(rawValue: 1),
            name: "fcm/onepocket",
            for: .init(provider: .fcm, environment: nil, app: "onepocket")
        )
        lanes.add(
            LaneID(rawValue: 2),
            name: "apns/onepocket",
            for: .init(provider: .apns, environment: .production, app: "onepocket")
        )
        let admin = AdminServices(
            queue: queue,
            queueReader: try Reading<QueueReader>({ try SQLiteStores(folder: folder).queueReader() }),
            registry: registry,
            registryReader: registryReader,
            importer: DirectoryImporter(
                registry: registry,
                queue: queue,
                workFolder: folder + "/work",
                heldFolder: folder + "/held",
                limits: Limits(),
                time: time
            ),
            orders: try OrderRunner(
                queue: queue,
                stores: SQLiteStores(folder: folder),
                lanes: .none,
                time: time,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            ),
            lanes: FakeLanes(),
            limits: Limits(),
            time: time,
            workFolder: folder + "/work",
            build: .init(version: "1.2.3", processID: 42, startedAt: time.now(), epoch: 1)
        )
        return APIServices(
            admin: admin,
            intake: Intake(queue: queue, registry: registryReader, time: time, metrics: metrics, onAccepted: {}),
            publishers: PublisherDirectory(publishers),
            parents: ParentAuthenticator(
                client: client,
                userinfoURL: "http://127.0.0.1:\(port)/userinfo",
                limits: Limits(),
                time: time
            ),
            metrics: metrics.registry,
            laneTable: SharedLaneTable(lanes),
            targetForms: [
                FCM.targetForm([]), APNs.targetForm([]),
                WebPush.targetForm(allowing: EndpointRules([.init("push.example.org")!])),
            ],
            subscriptionKey: "BExampleKey",
            forecaster: try Forecaster(
                stores: SQLiteStores(folder: folder),
                rules: ForecastRules(
                    activeByDefault: true,
                    deviceAgeMax: .seconds(180 * 86_400),
                    limits: Limits(),
                    isServiceAllowed: { $0.app == "push.example.org" }
                )
            )
        )
    }

    /// The sample's schools and the ENT's user ids.
    func importSample() async throws {
        for (path, format, mode) in [
            ("aaf1d/complet-2026-09-01", DirectoryImporter.Format.aaf1d, DirectoryImporter.Mode.complete),
            ("directory/users.ndjson", .ndjson, .delta),
        ] {
            let report = try await services.importer.run(
                .init(
                    paths: [sample(path).path],
                    format: format,
                    mode: mode,
                    isDryRun: false,
                    isYearChange: false
                )
            )
            guard report.state == .applied else { throw UnexpectedReport(state: report.state) }
        }
    }

    struct UnexpectedReport: Error { var state: ImportReport.State }
}

/// A clock that stands still until it is moved.
final class ManualTime: Sendable {
    private let milliseconds: Mutex<Int64>

    init(_ start: Instant) { milliseconds = Mutex(start.milliseconds) }

    func advance(_ duration: Duration) { milliseconds.withLock { $0 += duration.wholeMilliseconds } }

    var source: TimeSource {
        TimeSource(
            now: { Instant(milliseconds: self.milliseconds.withLock { $0 }) },
            monotonic: { self.milliseconds.withLock { $0 } }
        )
    }
}

/// A file of the sample events.
func bytes(_ file: String) throws -> [UInt8] { Array(try Data(contentsOf: sample("events/" + file))) }

func sample(_ path: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("SampleData/saint-etienne/\(path)")
}
