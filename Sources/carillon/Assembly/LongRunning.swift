import ServiceLifecycle

/// What runs for as long as the gateway does, as a service.
struct LongRunning: Service {
    private let body: @Sendable () async throws -> Void
    /// nil: its task is cancelled at the orderly end.
    private let stop: (@Sendable () -> Void)?
    private let then: @Sendable () async -> Void

    /// Cancelled at the orderly end.
    ///
    /// - Parameters:
    ///   - body: what runs.
    ///   - then: runs once it has ended.
    init(_ body: @escaping @Sendable () async throws -> Void, then: @escaping @Sendable () async -> Void = {}) {
        self.body = body
        stop = nil
        self.then = then
    }

    /// Told to stop at the orderly end; it stops behind the step that is under way.
    ///
    /// - Parameters:
    ///   - body: what runs.
    ///   - stop: tells it to; returns at once.
    ///   - then: runs once it has ended.
    init(
        _ body: @escaping @Sendable () async throws -> Void,
        stop: @escaping @Sendable () -> Void,
        then: @escaping @Sendable () async -> Void = {}
    ) {
        self.body = body
        self.stop = stop
        self.then = then
    }

    func run() async throws {
        if let stop {
            try await withGracefulShutdownHandler {
                try await body()
            } onGracefulShutdown: {
                stop()
            }
        } else {
            try await cancelWhenGracefulShutdown { try await body() }
        }
        await then()
    }
}
