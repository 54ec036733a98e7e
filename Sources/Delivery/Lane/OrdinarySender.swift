import Domain
import FanOut
import Providers
import Store
import Telemetry
import WebClient

/// Sends the lane of a push service that speaks HTTP/1.1 only, through the ordinary client: a few requests at a time.
///
/// The rule "no task per delivery" is about the providers of a town; a UnifiedPush server of one association may cost a task each. The lane
/// is this actor's alone, as it is otherwise the engine thread's.
actor OrdinarySender {
    private let executor = ThreadExecutor("ordinary")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Requests under way.
    private static let requestsMax = 8
    private static let timeout = Duration.seconds(30)
    /// What a push service may say; more is not looked at.
    private static let answerBytesMax = 4096

    private let feed: LaneFeed
    private let client: WebClient
    private let isAddressAllowed: (@Sendable ([UInt8]) -> Bool)?
    private let time: TimeSource
    private var underWay = 0
    private let wakes: AsyncStream<Void>
    private nonisolated let waking: AsyncStream<Void>.Continuation

    init(
        feed: LaneFeed,
        client: WebClient,
        isAddressAllowed: (@Sendable ([UInt8]) -> Bool)?,
        time: TimeSource
    ) {
        self.feed = feed
        self.client = client
        self.isAddressAllowed = isAddressAllowed
        self.time = time
        (wakes, waking) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Work may be there now. From any thread.
    nonisolated func wake() { waking.yield() }

    /// What is under way is finished, then ``run()`` returns.
    nonisolated func stop() { waking.finish() }

    func run() async {
        await withDiscardingTaskGroup { group in
            for await _ in wakes {
                while underWay < Self.requestsMax, let (ticket, request) = next() {
                    underWay += 1
                    group.addTask { await self.send(ticket, request) }
                }
                feed.endTurn()
            }
        }
        feed.endTurn()
    }

    private func next() -> (UInt64, WebRequest)? {
        var written: WebRequest?
        let ticket = feed.next { delivery, now, _ in
            guard let request = try feed.wire.ordinaryRequest(for: delivery.push, now: now) else {
                preconditionFailure("Only lanes that fall back to HTTP/1.1 are served here")
            }
            written = WebRequest(
                method: "POST",
                url: request.url,
                headers: request.headers.map { WebHeader($0.name, $0.value) },
                body: .bytes(request.body),
                timeout: Self.timeout,
                responseBytesMax: Self.answerBytesMax,
                isAddressAllowed: isAddressAllowed
            )
            return .only
        }
        guard let ticket, let written else { return nil }
        return (ticket, written)
    }

    private func send(_ ticket: UInt64, _ request: WebRequest) async {
        let began = time.monotonic()
        let result: Result<WebResponse, WebClientError>
        do throws(WebClientError) { result = .success(try await client.send(request)) } catch {
            result = .failure(error)
        }
        underWay -= 1
        let latency = Duration.milliseconds(time.monotonic() - began)
        let now = feed.moment
        // There is no connection to keep or close: the client's own pool sees to that.
        _ = feed.finished(ticket, answer(result, latency, now.wall), now)
        wake()
    }

    private func answer(
        _ result: Result<WebResponse, WebClientError>,
        _ latency: Duration,
        _ now: Instant
    ) -> LaneAnswer {
        switch result {
        case .failure(let error):
            return LaneAnswer(classification: error.lost, latency: latency, isAnswered: false)
        case .success(let answer):
            let classification = feed.wire.classify(
                status: answer.status,
                body: answer.body,
                retryAfter: answer.header("retry-after"),
                now: now
            )
            return LaneAnswer(classification: classification, latency: latency, isAnswered: true)
        }
    }
}

extension WebClientError {
    /// What a request of the ordinary client without an answer counts as.
    var lost: Classification {
        switch self {
        case .unreachable, .tls, .overloaded, .stopped:
            Classification(.laneBusy(retryAfter: nil), status: 0, reason: "unreachable")
        // The parent's subscription leads where it must not: nothing of the lane's.
        case .forbiddenAddress: Classification(.tokenSuspect, status: 0, reason: "forbiddenAddress")
        case .invalidURL, .invalidRequest: Classification(.payloadRefused, status: 0, reason: "invalidRequest")
        case .timedOut: LostAnswer.deadline.classification
        case .answerLost, .tooLarge, .cancelled: LostAnswer.connectionLost.classification
        }
    }
}
