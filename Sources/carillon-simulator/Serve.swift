import ArgumentParser
import Logging
import ServiceLifecycle
import Simulator
import UnixSignals

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the simulator until SIGTERM or SIGINT.",
        discussion: """
            When it listens it writes the token endpoint's address into fcm.json of the data folder and prints one line of \
            JSON with its ports on standard output.

            A script maps provider (apns, fcm, google, ent or *) and token (or *) to a behaviour, an object or an array of \
            steps: {"apns": {"<token>": "unregistered", "*": [{"behaviour": "503", "times": 3, "retryAfter": 5}]}}. \
            An object may also give delay (ms), timestamp (ms, for 410) or, instead of behaviour, status with reason or body.
            Behaviours: \(Script.words.joined(separator: ", ")).

            GET /control/counts, GET /control/log?since=SEQ&max=N, DELETE /control/log, PUT or DELETE /control/script, \
            DELETE /control/access-tokens, GET /control/ready, on both ports.
            """
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

    @Option(help: "Milliseconds before every answer.")
    var latency = 0

    @Option(help: "SETTINGS_MAX_CONCURRENT_STREAMS.")
    var maxConcurrentStreams = 1000

    @Option(help: "Seconds an access token lives.")
    var accessTokenSeconds = 3599

    @Flag(help: "Answer 429 to a new APNs provider token within 20 minutes on a connection.")
    var limitTokenUpdates = false

    func validate() throws {
        guard (0...65_535).contains(port), (0...65_535).contains(httpPort) else {
            throw ValidationError("a port is 0 to 65535")
        }
        guard latency >= 0, accessTokenSeconds > 0 else { throw ValidationError("times are positive") }
        guard maxConcurrentStreams > 0 else { throw ValidationError("at least one stream is needed") }
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
        if let script { settings.script = try Script(parsing: try Files.read(script)) }
        if let users { settings.users = try UserDirectory(parsing: try Files.read(users)) }
        return settings
    }
}
