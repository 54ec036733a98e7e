import ServiceLifecycle
import UnixSignals

/// SIGHUP reloads; what is wrong is reported and changes nothing.
struct Reloading: Service {
    let reload: @Sendable () async throws -> Void
    let failed: @Sendable (any Error) -> Void

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do { try await reload() } catch { failed(error) }
        }
    }
}
