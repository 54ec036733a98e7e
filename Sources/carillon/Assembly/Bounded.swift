import ServiceLifecycle

/// A service that has a bounded time for its orderly end; then its work is cancelled. A client that sends a byte a second keeps no process alive.
struct Bounded<Inner: Service>: Service {
    let inner: Inner
    /// After the order to end.
    let bound: Duration

    init(_ inner: Inner, within bound: Duration) {
        self.inner = inner
        self.bound = bound
    }

    func run() async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await inner.run()
                return true
            }
            group.addTask {
                do {
                    try await gracefulShutdown()
                    try await Task.sleep(for: bound)
                } catch {
                    // The service has ended by itself, or everything is cancelled.
                }
                return false
            }
            let hasEnded = try await group.next() ?? true
            group.cancelAll()
            if hasEnded { return }
            // What the cancelled work throws is its end.
            do { _ = try await group.next() } catch {}
        }
    }
}

/// Ends the process when the orderly end takes longer than it may. What is on the disk is whole at any moment; what is not recorded yet is sent
/// again with the same collapse identifier.
struct ShutdownBound: Service {
    let bound: Duration
    let end: @Sendable () -> Void

    func run() async throws {
        await withGracefulShutdownHandler {
            do { try await gracefulShutdown() } catch {}
        } onGracefulShutdown: {
            Task.detached {
                do { try await Task.sleep(for: bound) } catch { return }
                end()
            }
        }
    }
}
