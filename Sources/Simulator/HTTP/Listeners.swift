import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL
import Synchronization

/// The sockets of the simulator, both on loopback: TLS with HTTP/2 or HTTP/1.1 by ALPN, and plain HTTP/1.1.
///
/// Built on swift-nio-http2 itself rather than on Hummingbird's channel, which fixes SETTINGS_MAX_CONCURRENT_STREAMS at 100.
struct Listeners: Sendable {
    let https: any Channel
    let http: any Channel
    private let connections: Connections

    var httpsPort: Int { https.localAddress?.port ?? 0 }
    var httpPort: Int { http.localAddress?.port ?? 0 }

    /// Listens from the return on.
    static func bind(
        settings: SimulatorSettings,
        group: any EventLoopGroup,
        responder: Responder
    ) async throws -> Listeners {
        let tls = try tlsContext(settings)
        let connections = Connections()
        let http2 = http2Configuration(settings)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        let https = try await bootstrap.childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let number = connections.open(channel, responder)
                try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                return number
            }.flatMap { number in
                upgrade(channel, http2: http2, responder: responder, connection: number)
            }
        }.bind(host: "127.0.0.1", port: settings.httpsPort).get()
        do {
            let http = try await bootstrap.childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let number = connections.open(channel, responder)
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(
                        HTTP1Handler(responder: responder, connection: number)
                    )
                }
            }.bind(host: "127.0.0.1", port: settings.httpPort).get()
            return Listeners(https: https, http: http, connections: connections)
        } catch {
            try await https.close()
            throw error
        }
    }

    /// Stops listening and closes every connection at once: a provider owes nobody a graceful end.
    func close() async throws {
        try await https.close()
        try await http.close()
        for channel in connections.all { channel.close(mode: .all, promise: nil) }
    }

    private static func upgrade(
        _ channel: any Channel,
        http2: NIOHTTP2Handler.Configuration,
        responder: Responder,
        connection: Int
    ) -> EventLoopFuture<Void> {
        channel.configureHTTP2SecureUpgrade { channel in
            channel.configureHTTP2Pipeline(
                mode: .server,
                connectionConfiguration: http2.connection,
                streamConfiguration: http2.stream
            ) { stream in
                stream.eventLoop.makeCompletedFuture {
                    try stream.pipeline.syncOperations.addHandler(
                        HTTP2StreamHandler(responder: responder, connection: connection)
                    )
                }
            }.map { _ in }
        } http1ChannelConfigurator: { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                try channel.pipeline.syncOperations.addHandler(
                    HTTP1Handler(responder: responder, connection: connection)
                )
            }
        }
    }

    private static func tlsContext(_ settings: SimulatorSettings) throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMBytes(settings.certificatePEM)
        let key = try NIOSSLPrivateKey(bytes: settings.privateKeyPEM, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = NIOHTTP2SupportedALPNProtocols
        return try NIOSSLContext(configuration: configuration)
    }

    private static func http2Configuration(_ settings: SimulatorSettings) -> NIOHTTP2Handler.Configuration {
        var configuration = NIOHTTP2Handler.Configuration()
        // The other values are those APNs announces (pushy#878).
        configuration.connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: settings.concurrentStreamsMax),
            HTTP2Setting(parameter: .maxHeaderListSize, value: 8000),
        ]
        // A client resets what we are silent about; that is what silence is for, not an attack.
        configuration.stream.streamResetFrameRateLimit.maximumCount = 1_000_000
        return configuration
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
