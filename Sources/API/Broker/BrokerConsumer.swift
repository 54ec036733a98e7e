import Contract
import Domain
import HTTPTypes
package import Logging
import NATS
import Pipeline
import ServiceLifecycle

/// The consumer beside HTTP: takes what the ENT publishes on its message broker, for the publisher that the configuration names.
///
/// Back-pressure is the absence of a question: the next messages are asked for when those before have their end. A stream is told "taken" only
/// after the commit. Without a stream what the server has sent is sent once, and what cannot be promised is lost, and counted.
package struct BrokerConsumer: Service {
    private let services: APIServices
    private let publisher: String
    private let isKept: Bool
    private let status: BrokerStatus
    private let posts: RateLimiter
    private let connect: BrokerConnect
    private let logger: Logger

    /// - Parameters:
    ///   - services: what requests over HTTP are handed to, too.
    ///   - publisher: the name of the one whose rights and limits count; looked up for each message.
    ///   - isKept: a stream keeps the messages.
    ///   - status: told how it is.
    ///   - connect: makes a connection.
    ///   - logger: no line has anything of a message but its number.
    package init(
        services: APIServices,
        publisher: String,
        isKept: Bool,
        status: BrokerStatus,
        connect: @escaping BrokerConnect,
        logger: Logger
    ) {
        self.services = services
        self.publisher = publisher
        self.isKept = isKept
        self.status = status
        self.connect = connect
        self.logger = logger
        posts = RateLimiter("events", perMinute: services.limits.postsPerMinute, burst: services.limits.postsBurst)
    }

    /// Until the orderly end: then nothing more is asked for, and what has come has its end.
    package func run() async throws {
        while !isEnding {
            let reason: String
            do throws(NATSError) {
                let source = try await connect()
                status.connected()
                logger.notice("the broker is connected", metadata: ["promise": "\(promise)"])
                try await serve(source)
                return
            } catch { reason = error.reason }
            let (wait, isNews) = status.ended(reason)
            if isNews { logger.error("the broker is not connected", metadata: ["reason": "\(reason)"]) }
            do { try await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) } } catch { return }
        }
    }

    private var promise: String {
        isKept
            ? "at least once: acknowledged after the commit"
            : "at most once: without nats.stream the server keeps nothing, and what is not taken at once is lost"
    }

    private var isEnding: Bool { Task.isShuttingDownGracefully || Task.isCancelled }

    private func serve(_ source: any MessageSource) async throws(NATSError) {
        var trouble = Trouble()
        while !isEnding {
            try await take(from: source, &trouble)
        }
        try await source.drain()
        // Of a stream what is not taken stays there.
        while !isKept, !Task.isCancelled, try await take(from: source, &trouble) > 0 {}
    }

    /// - Returns: how many messages it took.
    @discardableResult
    private func take(from source: any MessageSource, _ trouble: inout Trouble) async throws(NATSError) -> Int {
        let messages = try await source.take()
        let dropped = await source.dropped
        if dropped > trouble.dropped { status.count(dropped: dropped - trouble.dropped) }
        let ends = await ends(of: messages)
        var answers: [(NATSMessage.Kept, NATSAnswer)] = []
        for (message, end) in zip(messages, ends) {
            status.count(end, isKept: isKept)
            if case .refused(let code) = end { tell(code, message) }
            if let kept = message.kept { answers.append((kept, end.answer(deliveries: kept.deliveries))) }
        }
        for line in trouble.lines(ends, dropped: dropped, isKept: isKept) {
            logger.log(level: line.isOver ? .notice : .warning, "\(line.text)")
        }
        try await source.answer(answers)
        return messages.count
    }

    /// In the order of the messages, each in a commit that others share.
    private func ends(of messages: [NATSMessage]) async -> [MessageEnd] {
        await withTaskGroup(of: (Int, MessageEnd).self) { group in
            for (index, message) in messages.enumerated() { group.addTask { (index, await end(of: message)) } }
            var ends: [MessageEnd?] = Array(repeating: nil, count: messages.count)
            for await (index, end) in group { ends[index] = end }
            return ends.compactMap { $0 }
        }
    }

    private func end(of message: NATSMessage) async -> MessageEnd {
        // It was there when the configuration was read; a reload may have taken it away.
        guard let publisher = services.publishers.publisher(named: publisher), publisher.rights.contains(.events) else {
            return .notNow(.missingRight, after: .seconds(60))
        }
        let verdict = posts.take(publisher.name, now: services.time.monotonic())
        var refusal: Problem?
        if !verdict.isAllowed { refusal = posts.problem(verdict) }
        let publishing = Publishing(services: services, publisher: publisher, refusal: refusal)
        do throws(Problem) {
            return try await publishing.receipt(of: message).isDuplicate ? .duplicate : .accepted
        } catch {
            if let cause = error.cause { logger.error("a message failed", metadata: ["cause": "\(cause)"]) }
            return MessageEnd(error.code, retryAfter: error.headers[.retryAfter].flatMap { Int($0) })
        }
    }

    private func tell(_ code: ProblemCode, _ message: NATSMessage) {
        logger.info(
            "message refused",
            metadata: [
                "code": "\(code.rawValue)", "publisher": "\(publisher)",
                "sequence": "\(message.kept.map { "\($0.sequence)" } ?? "none")",
            ]
        )
    }
}
