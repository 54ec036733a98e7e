import ServiceLifecycle
import UnixSignals

/// SIGHUP reloads; what is wrong is reported and changes nothing.
struct Reloading: Service {
    let reload: @Sendable () async throws -> Void
    let failed: @Sendable (any Error) -> Void

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        // Everybody who waits for a signal does so by now.
        EarlySignals.raise()
        for await _ in signals.cancelOnGracefulShutdown() {
            do { try await reload() } catch { failed(error) }
        }
    }
}
