import NIOCore
import NIOPosix
import ServiceLifecycle

/// The whole simulator as a service: binds, reports, serves until the graceful shutdown, writes the log out.
package struct Simulator: Service {
    /// Where it listens, all on 127.0.0.1.
    package struct Ready: Sendable {
        package var httpsPort: Int
        package var httpPort: Int
        package var webPush: [WebPushListener]

        package var tokenURI: String { "https://localhost:\(httpsPort)/token" }

        /// The line `serve` prints.
        package var json: JSON {
            [
                "httpsPort": .integer(Int64(httpsPort)), "httpPort": .integer(Int64(httpPort)),
                "tokenURI": .string(tokenURI), "apns": .string("https://localhost:\(httpsPort)"),
                "fcm": .string("https://localhost:\(httpsPort)"),
                "userinfo": .string("http://127.0.0.1:\(httpPort)/auth/oauth2/userinfo"),
                "control": .string("http://127.0.0.1:\(httpPort)/control/"),
                "webpush": .array(
                    webPush.map {
                        [
                            "name": .string($0.name), "service": .string($0.service.rawValue),
                            "port": .integer(Int64($0.port)),
                            "origin": .string($0.origin), "http2": .bool(!$0.isHTTP1Only),
                        ]
                    }
                ),
            ]
        }
    }

    private let settings: SimulatorSettings
    private let onReady: @Sendable (Ready) async throws -> Void

    /// - Parameters:
    ///   - settings: What it plays.
    ///   - onReady: Called once every socket listens; an error ends the simulator.
    package init(settings: SimulatorSettings, onReady: @escaping @Sendable (Ready) async throws -> Void) {
        self.settings = settings
        self.onReady = onReady
    }

    /// - Throws: When a port is taken, the certificate cannot be used or the log file cannot be opened.
    package func run() async throws {
        let log = PushLog(file: try settings.logFile.map(AppendFile.init(path:)), linesMax: settings.logLinesMax)
        // Last of all: a connection may be served until the loop has ended.
        defer { log.flush() }
        let responder = Responder(settings: settings, log: log)
        // One loop: two cores are shared with the gateway under test, and one serves more than it sends.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            try await serve(responder: responder, group: group)
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
    }

    private func serve(responder: Responder, group: MultiThreadedEventLoopGroup) async throws {
        let listeners = try await Listeners.bind(settings: settings, group: group, responder: responder)
        let flushing = group.next().scheduleRepeatedTask(
            initialDelay: .milliseconds(PushLog.flushMilliseconds),
            delay: .milliseconds(PushLog.flushMilliseconds)
        ) { _ in responder.log.flush() }
        defer { flushing.cancel() }
        let ready = Ready(httpsPort: listeners.httpsPort, httpPort: listeners.httpPort, webPush: listeners.webPush)
        responder.announce(tokenURI: ready.tokenURI, webPush: ready.webPush)
        do {
            try await onReady(ready)
            try await gracefulShutdown()
        } catch {
            try await listeners.close()
            throw error
        }
        try await listeners.close()
    }
}
