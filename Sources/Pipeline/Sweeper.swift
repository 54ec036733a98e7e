import Domain
package import Logging
package import Store

/// Ends what has outlived its time, forgets old identities and gives up dead devices, a slice at a time in the background.
package struct Sweeper: Sendable {
    private let queue: QueueStore
    private let registry: Registry
    private let deviceAges: Registry.HygieneAges
    private let time: TimeSource
    private let logger: Logger
    private let identityAge: Duration

    /// `identityWindow`: how long an identity has to be remembered. A day more is kept, so that a clock that steps does not
    ///   shorten the promise.
    package init(
        queue: QueueStore,
        registry: Registry,
        identityWindow: Duration,
        deviceAges: Registry.HygieneAges,
        time: TimeSource,
        logger: Logger
    ) {
        self.queue = queue
        self.registry = registry
        self.deviceAges = deviceAges
        identityAge = identityWindow + .seconds(86_400)
        self.time = time
        self.logger = logger
    }

    /// Runs until cancelled: looks each second, and goes on at once while a slice was full.
    package func run() async {
        while !Task.isCancelled {
            do {
                while try await !queue.expire(now: time.now()).isEmpty {}
                let before = Instant(milliseconds: time.now().milliseconds - identityAge.wholeMilliseconds)
                while try await queue.pruneIdentities(before: before) >= 2000 {}
                while try await registry.sweepDevices(deviceAges, now: time.now()) >= 500 {}
            } catch {
                // Nothing is lost by sweeping later; a fatal error ends the process by itself.
                logger.warning("sweep waits", metadata: ["error": "\(error)"])
            }
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
        }
    }
}
