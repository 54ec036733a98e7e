import API
import Cryptography
import Database
import Domain
import Glibc
import Logging
import Operator
import Pipeline
import Settings
import Store
import Telemetry
import WebClient

/// What everything else stands on: the clock, the data folder with its stores, the clients towards the outside.
struct Core {
    let clock: SteadyTime
    let metrics = MetricRegistry(prefix: "carillon_")
    let pipelineMetrics: PipelineMetrics
    let skews: ClockSkews
    let folder: DataFolder
    let workFolder: String
    let stores: any Stores
    let queue: QueueStore
    let registry: Registry
    let queueReader: Reading<QueueReader>
    let registryReader: Reading<RegistryReader>
    /// What outsiders ask for never keeps credentials or push waiting, nor tokens of parents that were somebody's before.
    let parentsClient: WebClient
    /// Tokens that were nobody's before.
    let newcomersClient: WebClient
    /// Access tokens; apart from push, so that a push service that hangs does not keep Google's token from being renewed.
    let providerClient: WebClient
    /// Push over HTTP/1.1.
    let pushClient: WebClient
    /// What a registration makes us ask of an address that a parent chose.
    let addressClient: WebClient
    /// What publishers want to be told.
    let callbackClient: WebClient
    /// What the collector of traces is sent; nil: nobody traces.
    let traceClient: WebClient?
    let spans: EventSpans?

    var time: TimeSource { clock.source }

    /// Takes the lock of the data folder.
    ///
    /// - Throws: `SettingsError` when the storage keys do not fit, ``DataFolder/FolderError``, or ``StoreError``.
    init(_ effective: EffectiveSettings, _ logger: Logger) async throws {
        let settings = effective.settings
        let clock = SteadyTime { isInDoubt in
            if isInDoubt {
                logger.error("the clock has stepped: time goes on from before until it has been steady for a minute")
            } else {
                logger.notice("the clock is trusted again")
            }
        }
        self.clock = clock
        skews = ClockSkews(metrics, time: clock.source)
        let folder = try DataFolder(path: settings.data)
        self.folder = folder
        workFolder = try folder.work()
        let stores = Settings.stores(in: folder.path, seal: AuditSeal(settings.audit))
        self.stores = stores
        let onFatal: @Sendable (any Error) -> Void = { error in
            // Fail-stop: after a failed write nothing may be promised; WAL recovery decides at the next start.
            logger.critical("the store cannot be trusted, ending", metadata: ["error": "\(error)"])
            // Not exit: its handlers take OpenSSL away under the threads that still use it, and the process would end by SIGSEGV.
            _exit(70)
        }
        let traced = metrics.counter(
            "trace_spans_total",
            help:
                "Spans of events: sent to the collector, or dropped, since there was no room for them or it refused them.",
            labels: ["outcome"]
        )
        spans = settings.telemetry.tracesURL.map { _ in EventSpans(traced) }
        var measured = PipelineMetrics(metrics)
        measured.spans = spans
        let pipelineMetrics = measured
        self.pipelineMetrics = pipelineMetrics
        queue = try folder.opening(logger) {
            try stores.openQueue(now: clock.source.now(), newKey: SecureRandom.bytes(32), onFatal: onFatal) { report in
                pipelineMetrics.storeCommitSeconds.observe(report.commitTime)
            }
        }
        if let finding = queue.auditFinding {
            logger.error("the audit log does not end as it should", metadata: ["finding": "\(finding)"])
        }
        queue.unreadable.onFound { row in
            pipelineMetrics.unreadableRows.with(row.table.rawValue).add()
            logger.error("a row of the store cannot be read", metadata: ["row": "\(row)"])
        }
        for table in UnreadableRowError.Table.allCases { _ = pipelineMetrics.unreadableRows.with(table.rawValue) }
        clock.hasBeen(queue.lastAcceptance)
        do {
            registry = try folder.opening(logger) {
                try stores.openRegistry(
                    keys: settings.storage.keys.map { .init(id: $0.id, key: .init(data: $0.key.bytes)) },
                    newKey: SecureRandom.bytes(32),
                    onFatal: onFatal
                )
            }
        } catch let failure as TargetSeal.OpenError {
            throw Self.report(failure, effective)
        }
        queueReader = try Reading { try stores.queueReader() }
        registryReader = try Reading { [seal = registry.seal] in try stores.registryReader(seal: seal) }
        let caFile = settings.tls.caFile
        parentsClient = WebClient(options: .init(transfersMax: 4, waitingMax: 64, caFile: caFile))
        newcomersClient = WebClient(options: .init(transfersMax: 12, waitingMax: 128, caFile: caFile))
        // The proxy is the way to the push services; the ENT is mostly inside.
        func outbound(transfersMax: Int = 16, waitingMax: Int = 256) -> WebClient {
            WebClient(
                options: .init(
                    transfersMax: transfersMax,
                    waitingMax: waitingMax,
                    caFile: caFile,
                    proxy: settings.proxy.map { "http://\($0.host):\($0.port)" },
                    proxyCredentials: settings.proxy?.credentials?.text
                )
            )
        }
        providerClient = outbound()
        pushClient = outbound()
        addressClient = outbound(transfersMax: 4, waitingMax: 32)
        callbackClient = WebClient(options: .init(transfersMax: 8, waitingMax: 64, caFile: caFile))
        traceClient = spans.map { _ in WebClient(options: .init(transfersMax: 1, waitingMax: 1, caFile: caFile)) }
    }

    func close(_ logger: Logger) async {
        await queue.close()
        await registry.close()
        for client in [parentsClient, newcomersClient, providerClient, pushClient, addressClient, callbackClient] {
            await client.stop()
        }
        await traceClient?.stop()
        logger.notice("stopped")
    }

    private static func report(_ failure: TargetSeal.OpenError, _ effective: EffectiveSettings) -> SettingsError {
        let key = "storage.keyFile"
        return SettingsError(
            file: effective.file,
            mistakes: [
                SettingsFinding(
                    key: key,
                    origin: effective.entries.last { $0.key == key }?.origin ?? .file(path: effective.file, line: nil),
                    value: effective.settings.storage.keyFile,
                    allowed: failure.description
                )
            ]
        )
    }
}
