import Domain
package import Logging
package import Store

/// Ends what has outlived its time and forgets old identities, a slice at a time in the background.
package struct Sweeper: Sendable {
    /// Identities are kept at least three days; a day more, so that a clock that steps does not shorten the promise.
    private static let identityAge = Duration.seconds(4 * 86_400)

    private let queue: QueueStore
    private let time: TimeSource
    private let logger: Logger

    package init(queue: QueueStore, time: TimeSource, logger: Logger) {
        self.queue = queue
        self.time = time
        self.logger = logger
    }

    /// Runs until cancelled: looks each second, and goes on at once while a slice was full.
    package func run() async {
        while !Task.isCancelled {
            do {
                while try await !queue.expire(now: time.now()).isEmpty {}
                let before = Instant(milliseconds: time.now().milliseconds - Self.identityAge.wholeMilliseconds)
                while try await queue.pruneIdentities(before: before) >= 2000 {}
            } catch {
                // Nothing is lost by sweeping later; a fatal error ends the process by itself.
                logger.warning("sweep waits", metadata: ["error": "\(error)"])
            }
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
        }
    }
}
