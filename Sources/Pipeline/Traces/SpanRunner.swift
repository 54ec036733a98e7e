package import Domain
package import Logging
package import Store
package import Telemetry

/// Sends the spans of events to a collector, each second what has come to an end. Nothing waits for it, and what the collector does not take
/// is lost once there is no room for it.
package struct SpanRunner: Sendable {
    private static let pause = Duration.seconds(1)
    private static let spansPerPost = 512
    /// Between two tries of a collector that does not answer, in rounds, at most.
    private static let roundsApart = 60

    /// What the last rounds met.
    struct Health {
        /// In a row.
        var failures = 0
        var roundsToWait = 0
    }

    private let spans: EventSpans
    private let reader: Reading<QueueReader>
    private let post: @Sendable (_ body: [UInt8]) async -> Int?
    private let version: String
    private let time: TimeSource
    private let logger: Logger

    /// `post`: returns the status within its own timeout, nil without an answer.
    /// `version`: of the gateway.
    package init(
        spans: EventSpans,
        reader: Reading<QueueReader>,
        post: @escaping @Sendable (_ body: [UInt8]) async -> Int?,
        version: String,
        time: TimeSource,
        logger: Logger
    ) {
        self.spans = spans
        self.reader = reader
        self.post = post
        self.version = version
        self.time = time
        self.logger = logger
    }

    /// Runs until cancelled; what has not been sent then is lost.
    package func run() async {
        var health = Health()
        while !Task.isCancelled {
            await round(&health)
            do { try await sleepToNext(Self.pause) } catch { return }
        }
    }

    func round(_ health: inout Health) async {
        await look()
        guard health.roundsToWait == 0 else { return health.roundsToWait -= 1 }
        while await send(&health), !Task.isCancelled {}
    }

    /// Ends the spans of events that have ended.
    private func look() async {
        let due = spans.due(now: time.now())
        guard !due.isEmpty else { return }
        do {
            let found = try await reader.read { reader in try due.map { ($0, try Self.standing(of: $0, reader)) } }
            for (id, standing) in found {
                spans.found(id, state: standing?.state, isDone: standing?.isDone ?? true, now: time.now())
            }
        } catch {
            // They are due again.
            logger.error("spans postponed: the store cannot be read", metadata: ["error": "\(error)"])
        }
    }

    /// nil: the event is not there any more. One that cannot be read says so, and its span ends.
    private static func standing(of id: EventID, _ reader: QueueReader) throws -> (state: String, isDone: Bool)? {
        do { return try reader.event(id).map { ($0.state.word, $0.doneAt != nil) } } catch {
            guard case .damaged = StoreError(error) else { throw error }
            return ("unreadable", true)
        }
    }

    /// - Returns: whether there may be more to send.
    private func send(_ health: inout Health) async -> Bool {
        let taken = spans.take(max: Self.spansPerPost)
        guard !taken.isEmpty else { return false }
        let status = await post(SpanExport.body(taken, version: version))
        switch status {
        case .some(200...299):
            if health.failures > 0 { logger.notice("the collector takes spans again") }
            health = Health()
            spans.sent(taken)
            return true
        case nil, .some(408), .some(429), .some(500...):
            spans.putBack(taken)
            if health.failures == 0 { complain("the collector does not take spans; they wait", status) }
            health.failures += 1
            health.roundsToWait = min(1 << min(health.failures, 6), Self.roundsApart)
            return false
        case .some:
            // Sent again they would be refused again.
            spans.drop(taken)
            if health.failures == 0 { complain("the collector refuses spans; they are gone", status) }
            health.failures += 1
            return true
        }
    }

    private func complain(_ what: String, _ status: Int?) {
        logger.warning("\(what)", metadata: ["status": "\(status.map { "\($0)" } ?? "none")"])
    }
}
