import Glibc
package import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// One listener with its router. Graceful shutdown stops listening, lets requests under way end, and removes a socket's file.
package final class APIServer: Service {
    private let router: RouterResponder<APIContext>
    private let address: ListenAddress
    private let groups: AdminGroups
    private let logger: Logger
    private let limits: ListenerLimits
    private let bound = Mutex(Bound.waiting([]))

    private enum Bound {
        case waiting([CheckedContinuation<Int?, Never>])
        case known(Int?)
    }

    /// - Parameters:
    ///   - router: of ``publicRouter(_:)``, ``metricsRouter(_:)`` or ``adminRouter(_:)``.
    ///   - address: a Unix socket gets mode 0600, so its folder has to be private for the moment between bind and chmod.
    ///   - groups: of the machine, whose members may open the Unix socket, too.
    ///   - limits: what its connections may hold; its threads are its own.
    ///   - logger: its label names the listener.
    package init(
        router: Router<APIContext>,
        address: ListenAddress,
        groups: AdminGroups = AdminGroups(),
        limits: ListenerLimits = ListenerLimits(),
        logger: Logger
    ) {
        self.router = router.buildResponder()
        self.address = address
        self.groups = groups
        self.limits = limits
        self.logger = logger
    }

    package func run() async throws {
        defer { running(port: nil) }
        let bindAddress: BindAddress
        switch address {
        case .tcp(let host, let port): bindAddress = .hostname(host, port: port)
        case .unix(let path): bindAddress = .unixDomainSocket(path: path)
        }
        let table = ConnectionTable(limits)
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: limits.threads)
        let threads = OwnThreads("\(logger.label)", count: limits.threads)
        let application = Application(
            responder: router,
            server: .http1(configuration: configuration(table)),
            configuration: .init(address: bindAddress, availableConnectionsDelegate: table),
            onServerRunning: { channel in self.opened(channel) },
            eventLoopGroupProvider: .shared(loops),
            logger: logger
        )
        let result: Result<Void, any Error>
        do {
            try await withTaskExecutorPreference(threads) { try await application.run() }
            result = .success(())
        } catch { result = .failure(error) }
        try await loops.shutdownGracefully()
        threads.stop()
        try result.get()
        if case .unix(let path) = address { unlink(path) }
    }

    private func configuration(_ table: ConnectionTable) -> HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionGuard(table: table, limits: self.limits)],
            // The guard has times of its own for each state.
            idleTimeout: nil,
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: ConnectionRules.headBytesMax,
                maxHeaderListSize: ConnectionRules.headBytesMax,
                maxHeaderFieldCount: 128
            )
        )
    }

    /// The port the system gave; waits until the server listens. nil for a Unix socket, or when it could not listen.
    package func port() async -> Int? {
        await withCheckedContinuation { continuation in
            let known: Int?? = bound.withLock { bound in
                switch bound {
                case .waiting(let others):
                    bound = .waiting(others + [continuation])
                    return nil
                case .known(let port): return .some(port)
                }
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    private func opened(_ channel: any Channel) {
        if case .unix(let path) = address {
            if chmod(path, 0o600) != 0 {
                logger.error("The socket's mode cannot be set.", metadata: ["errno": .stringConvertible(errno)])
                channel.close(promise: nil)
            } else if !groups.numbers.isEmpty, let fault = AccessList(groups: groups.numbers).apply(to: path) {
                logger.warning(
                    "The file system has no access lists: the groups cannot open the socket.",
                    metadata: ["errno": .stringConvertible(fault)]
                )
            }
        }
        running(port: channel.localAddress?.port)
    }

    private func running(port: Int?) {
        let waiting = bound.withLock { bound in
            guard case .waiting(let waiting) = bound else { return [CheckedContinuation<Int?, Never>]() }
            bound = .known(port)
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: port) }
    }
}
