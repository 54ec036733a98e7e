import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL
import Synchronization

/// The sockets of the simulator, all on loopback: TLS with HTTP/2 or HTTP/1.1 by ALPN, plain HTTP/1.1, and the push services of
/// browsers, each an origin of its own.
///
/// Built on swift-nio-http2 itself rather than on Hummingbird's channel, which fixes SETTINGS_MAX_CONCURRENT_STREAMS at 100.
struct Listeners: Sendable {
    private let https: any Channel
    private let http: any Channel
    private let others: [any Channel]
    private let connections: Connections
    /// With the ports they got.
    let webPush: [WebPushListener]

    var httpsPort: Int { https.localAddress?.port ?? 0 }
    var httpPort: Int { http.localAddress?.port ?? 0 }

    /// Listens from the return on.
    static func bind(
        settings: SimulatorSettings,
        group: any EventLoopGroup,
        responder: Responder
    ) async throws -> Listeners {
        let connections = Connections()
        let binder = Binder(settings: settings, group: group, responder: responder, connections: connections)
        var bound: [any Channel] = []
        do {
            bound.append(try await binder.bindTLS(name: "https", port: settings.httpsPort, speaksHTTP2: true))
            bound.append(try await binder.bindPlain(name: "http", port: settings.httpPort))
            var webPush = settings.webPush
            for index in webPush.indices {
                let channel = try await binder.bindTLS(
                    name: webPush[index].name,
                    port: webPush[index].port,
                    speaksHTTP2: !webPush[index].isHTTP1Only
                )
                bound.append(channel)
                webPush[index].port = channel.localAddress?.port ?? 0
            }
            return Listeners(
                https: bound[0],
                http: bound[1],
                others: Array(bound[2...]),
                connections: connections,
                webPush: webPush
            )
        } catch {
            for channel in bound { try await channel.close() }
            throw error
        }
    }

    /// Stops listening and closes every connection at once: a provider owes nobody a graceful end.
    func close() async throws {
        for channel in [https, http] + others { try await channel.close() }
        for channel in connections.all { channel.close(mode: .all, promise: nil) }
    }
}

/// Makes listeners of one simulator.
private struct Binder: Sendable {
    let settings: SimulatorSettings
    let group: any EventLoopGroup
    let responder: Responder
    let connections: Connections

    private var bootstrap: ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
    }

    func bindPlain(name: String, port: Int) async throws -> any Channel {
        let (connections, responder) = (connections, responder)
        return try await bootstrap.childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(ReadPause())
                return connections.open(channel, responder)
            }.flatMap { number in
                Self.addHTTP1(to: channel, responder: responder, connection: number, listener: name)
            }
        }.bind(host: "127.0.0.1", port: port).get()
    }

    func bindTLS(name: String, port: Int, speaksHTTP2: Bool) async throws -> any Channel {
        let tls = try tlsContext(protocols: speaksHTTP2 ? NIOHTTP2SupportedALPNProtocols : ["http/1.1"])
        let (connections, responder, settings) = (connections, responder, settings)
        return try await bootstrap.childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let number = connections.open(channel, responder)
                try channel.pipeline.syncOperations.addHandler(ReadPause())
                try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                return number
            }.flatMap { number in
                channel.configureHTTP2SecureUpgrade { channel in
                    Self.addHTTP2(
                        to: channel,
                        settings: settings,
                        responder: responder,
                        connection: number,
                        listener: name
                    )
                } http1ChannelConfigurator: { channel in
                    Self.addHTTP1(to: channel, responder: responder, connection: number, listener: name)
                }
            }
        }.bind(host: "127.0.0.1", port: port).get()
    }

    private static func addHTTP1(
        to channel: any Channel,
        responder: Responder,
        connection: Int,
        listener: String
    ) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
            try channel.pipeline.syncOperations.addHandler(
                HTTP1Handler(responder: responder, connection: connection, listener: listener)
            )
        }
    }

    private static func addHTTP2(
        to channel: any Channel,
        settings: SimulatorSettings,
        responder: Responder,
        connection number: Int,
        listener: String
    ) -> EventLoopFuture<Void> {
        let http2 = http2Configuration(settings)
        let connection = HTTP2Connection(
            number: number,
            listener: listener,
            channel: channel,
            concurrentStreamsMax: settings.concurrentStreamsMax,
            awaitsFirstAccepted: settings.isSingleStreamUntilAccepted
        )
        let bound = NIOLoopBound(connection, eventLoop: channel.eventLoop)
        return channel.configureHTTP2Pipeline(
            mode: .server,
            connectionConfiguration: http2.connection,
            streamConfiguration: http2.stream
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandler(
                    HTTP2StreamHandler(responder: responder, connection: bound.value)
                )
            }
        }.map { _ in }
    }

    private static func http2Configuration(_ settings: SimulatorSettings) -> NIOHTTP2Handler.Configuration {
        var configuration = NIOHTTP2Handler.Configuration()
        let streams = settings.isSingleStreamUntilAccepted ? 1 : settings.concurrentStreamsMax
        // The other values are those APNs announces (pushy#878).
        configuration.connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: streams),
            HTTP2Setting(parameter: .maxHeaderListSize, value: 8000),
        ]
        // A client resets what we are silent about; that is what silence is for, not an attack.
        configuration.stream.streamResetFrameRateLimit.maximumCount = 1_000_000
        return configuration
    }

    private func tlsContext(protocols: [String]) throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMBytes(settings.certificatePEM)
        let key = try NIOSSLPrivateKey(bytes: settings.privateKeyPEM, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = protocols
        return try NIOSSLContext(configuration: configuration)
    }
}

/// Numbers the connections and knows the open ones.
private final class Connections: Sendable {
    private struct State {
        var last = 0
        var open: [Int: any Channel] = [:]
    }

    private let state = Mutex(State())

    var all: [any Channel] { state.withLock { Array($0.open.values) } }

    func open(_ channel: any Channel, _ responder: Responder) -> Int {
        let number = state.withLock { state in
            state.last += 1
            state.open[state.last] = channel
            return state.last
        }
        responder.opened(connection: number)
        channel.closeFuture.whenComplete { _ in
            self.state.withLock { $0.open[number] = nil }
            responder.closed(connection: number)
        }
        return number
    }
}
