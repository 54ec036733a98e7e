import Contract
package import Domain
package import Logging
package import Store
import Synchronization
import Telemetry

/// Tells publishers how their events stand, when they have ended or a settable time after acceptance; what is not taken is tried again, also
/// after a restart. A publisher that answers slowly keeps only itself waiting.
package struct CallbackRunner: Sendable {
    private static let perRound = 20
    private static let pause = Duration.seconds(1)

    private let queue: QueueStore
    private let reader: Reading<QueueReader>
    private let targets: @Sendable () -> [String: CallbackTarget]
    /// The condition of each lane, as `lane list` has it.
    private let conditions: @Sendable () async -> [LaneID: String]
    private let post: @Sendable (CallbackRequest) async -> CallbackAnswer
    private let metrics: PipelineMetrics
    private let time: TimeSource
    private let logger: Logger

    /// `targets`: those who want to be told, by name; asked anew each second.
    /// `post`: sends, and returns within its own timeout.
    package init(
        queue: QueueStore,
        reader: Reading<QueueReader>,
        targets: @escaping @Sendable () -> [String: CallbackTarget],
        conditions: @escaping @Sendable () async -> [LaneID: String],
        post: @escaping @Sendable (CallbackRequest) async -> CallbackAnswer,
        metrics: PipelineMetrics,
        time: TimeSource,
        logger: Logger
    ) {
        self.queue = queue
        self.reader = reader
        self.targets = targets
        self.conditions = conditions
        self.post = post
        self.metrics = metrics
        self.time = time
        self.logger = logger
    }

    /// Runs until cancelled. A callback under way is then sent again after the restart.
    package func run() async {
        let busy = Busy()
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                for (publisher, target) in targets() where busy.enter(publisher) {
                    group.addTask {
                        await round(publisher, target)
                        busy.leave(publisher)
                    }
                }
                do { try await sleepToNext(Self.pause) } catch { break }
            }
            group.cancelAll()
        }
    }

    /// Publishers whose round is under way.
    private final class Busy: Sendable {
        private let names = Mutex<Set<String>>([])

        func enter(_ name: String) -> Bool { names.withLock { $0.insert(name).inserted } }

        func leave(_ name: String) { _ = names.withLock { $0.remove(name) } }
    }

    /// Whatever is due of one publisher, up to a bound, one after the other.
    func round(_ publisher: String, _ target: CallbackTarget) async {
        do {
            let now = time.now()
            let due = try await reader.read {
                try $0.dueCallbacks(of: publisher, now: now, limit: Self.perRound)
            }
            for callback in due where !Task.isCancelled { try await tell(callback, publisher, target) }
        } catch {
            // They stay due.
            logger.error(
                "callbacks failed, will be tried again",
                metadata: ["publisher": "\(publisher)", "error": "\(error)"]
            )
        }
    }

    private func tell(_ callback: DueCallback, _ publisher: String, _ target: CallbackTarget) async throws {
        let event = callback.event
        let conditions = await conditions()
        let report = try await reader.read { reader in
            try reader.report(on: event) { conditions[$0].flatMap(EventStatus.reason(ofLane:)) }
        }
        // Pruned.
        guard let report else { return try await queue.endCallback(event) }
        let body = Array(JSONWriter.text(.object(EventStatus.view(report).object)).utf8)
        let now = time.now()
        let answer = await post(
            CallbackRequest(
                url: target.url,
                headers: target.headers(event: event, body: body, now: now) + [("content-type", "application/json")],
                body: body
            )
        )
        if Task.isCancelled, answer.status == nil { return }
        let attempts = callback.attempts + 1
        switch CallbackRules.ending(status: answer.status, retryAfter: answer.retryAfter, attempts: attempts, now: now)
        {
        case .accepted:
            metrics.callbacks.with(publisher, "accepted").add()
            try await queue.endCallback(event)
        case .deferred(let next):
            metrics.callbacks.with(publisher, "deferred").add()
            try await queue.delayCallback(event, attempts: attempts, until: next)
        case .dead:
            metrics.callbacks.with(publisher, "dead").add()
            logger.error(
                "a publisher could not be told how an event stands",
                metadata: [
                    "publisher": "\(publisher)", "event": "\(event)", "attempts": "\(attempts)",
                    "status": "\(answer.status.map { "\($0)" } ?? "none")",
                ]
            )
            try await queue.endCallback(event)
        }
    }
}
