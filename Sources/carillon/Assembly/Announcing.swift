import API
import ServiceLifecycle

/// Says when everything listens, that it lives, and when the end has begun. Last of the services, so that its end is the first.
struct Announcing: Service {
    /// nil: only the log hears.
    let manager: ServiceManager?
    let servers: [APIServer]
    /// Returns when what must never stand still has answered; a gateway that hangs there is silent, and is started anew.
    let answered: @Sendable () async -> Void
    let ready: @Sendable () -> Void

    func run() async throws {
        do { try await cancelWhenGracefulShutdown { try await announce() } } catch {
            // The end has begun.
        }
        manager?.tell(.stopping)
    }

    private func announce() async throws {
        for server in servers { _ = await server.port() }
        try Task.checkCancellation()
        ready()
        manager?.tell(.ready)
        guard let manager, let patience = manager.patience else { return try await gracefulShutdown() }
        while true {
            await answered()
            manager.tell(.alive)
            // Half of it, as sd_watchdog_enabled(3) recommends.
            try await Task.sleep(for: patience / 2)
        }
    }
}
