import ArgumentParser
import Logging
import ServiceLifecycle
import Simulator
import UnixSignals

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the simulator until SIGTERM or SIGINT.",
        discussion: ServeHelp.text
    )

    @Option(help: "Folder of `credentials`; a set is made when there is none.")
    var data: String

    @Option(help: "Port of TLS (HTTP/2 and HTTP/1.1); 0 takes a free one.")
    var port = 0

    @Option(help: "Port of plain HTTP/1.1 for the ENT and the control endpoints; 0 takes a free one.")
    var httpPort = 0

    @Option(help: "Script of misbehaviours, JSON.")
    var script: String?

    @Option(help: "Bearers of the ENT with profiles of their own, JSON; ent-<userId> works without.")
    var users: String?

    @Option(help: "File to which every request is appended, NDJSON.")
    var log: String?

    @Option(help: "Records kept in memory for the control endpoints.")
    var logLines = PushLog.linesMaxDefault

    @Option(help: "Milliseconds before every answer, those of the ENT apart.")
    var latency = 0

    @Option(help: "SETTINGS_MAX_CONCURRENT_STREAMS.")
    var maxConcurrentStreams = 1000

    @Option(help: "Seconds an access token lives.")
    var accessTokenSeconds = 3599

    @Option(
        name: .customLong("webpush"),
        help: "A push service for browsers on a TLS port of its own, SERVICE[:PORT]; may be repeated."
    )
    var webPush: [String] = []

    @Option(name: .customLong("webpush-http1"), help: "The same, speaking HTTP/1.1 only.")
    var webPushHTTP1: [String] = []

    @Option(help: "Browsers' subscriptions with their private keys: JSON by id, or JSON lines.")
    var subscriptions: String?

    @Flag(inversion: .prefixedNo, help: "Refuse each defect of a request as the real provider does.")
    var strict = true

    @Flag(help: "Announce one stream until a connection's first 2xx, as APNs does.")
    var singleStream = false

    @Flag(help: "Answer 429 to a new APNs provider token within 20 minutes on a connection.")
    var limitTokenUpdates = false

    func validate() throws {
        guard (0...65_535).contains(port), (0...65_535).contains(httpPort) else {
            throw ValidationError("a port is 0 to 65535")
        }
        guard latency >= 0, accessTokenSeconds > 0 else { throw ValidationError("times are positive") }
        guard maxConcurrentStreams > 0 else { throw ValidationError("at least one stream is needed") }
        _ = try listeners()
        guard logLines > 0 else { throw ValidationError("the log keeps at least one line") }
    }

    func run() async throws {
        let folder = CredentialFolder(path: data)
        if !folder.exists {
            try folder.make(tokenURI: "https://localhost/token", now: SystemClock.milliseconds() / 1000)
        }
        let simulator = Simulator(settings: try settings(folder)) { ready in
            try folder.setTokenURI(ready.tokenURI)
            print(String(decoding: ready.json.serialized, as: UTF8.self))
            StandardOutput.flush()
        }
        let logger = Logger(label: "carillon-simulator") { StreamLogHandler.standardError(label: $0) }
        let group = ServiceGroup(
            services: [simulator],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        try await group.run()
    }

    private func settings(_ folder: CredentialFolder) throws -> SimulatorSettings {
        var settings = SimulatorSettings()
        try folder.load(into: &settings)
        settings.httpsPort = port
        settings.httpPort = httpPort
        settings.logFile = log
        settings.logLinesMax = logLines
        settings.latencyMilliseconds = Int64(latency)
        settings.concurrentStreamsMax = maxConcurrentStreams
        settings.accessTokenSeconds = Int64(accessTokenSeconds)
        settings.limitsProviderTokenUpdates = limitTokenUpdates
        settings.isStrict = strict
        settings.isSingleStreamUntilAccepted = singleStream
        settings.webPush = try listeners()
        if let subscriptions {
            try settings.subscriptions.add(try Subscriptions.parse(try Files.read(subscriptions)))
        }
        if let script { settings.script = try Script(parsing: try Files.read(script)) }
        if let users { settings.users = try UserDirectory(parsing: try Files.read(users)) }
        return settings
    }

    /// Those of both options, named in order, HTTP/1.1 last.
    private func listeners() throws -> [WebPushListener] {
        try (webPush.map { ($0, false) } + webPushHTTP1.map { ($0, true) }).enumerated().map { index, item in
            let parts = item.0.split(separator: ":", omittingEmptySubsequences: false)
            guard let service = PushService(rawValue: String(parts[0])), parts.count <= 2,
                let port = parts.count == 2 ? Int(parts[1]) : 0, (0...65_535).contains(port)
            else {
                let services = PushService.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("\(item.0): SERVICE[:PORT] with one of \(services)")
            }
            return WebPushListener(name: "webpush-\(index + 1)", service: service, port: port, isHTTP1Only: item.1)
        }
    }
}
