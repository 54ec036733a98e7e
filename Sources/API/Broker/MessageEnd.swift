import Contract
import Domain
import NATS

/// What becomes of a message that a broker has sent.
enum MessageEnd: Hashable, Sendable {
    /// It is on the disk.
    case accepted
    /// It was on the disk before, by whatever way.
    case duplicate
    /// It is refused however often it comes.
    case refused(ProblemCode)
    /// Nobody can promise it now; it may come again after so long.
    case notNow(ProblemCode, after: Duration)

    /// Of a refusal; `retryAfter`: seconds it names.
    init(_ code: ProblemCode, retryAfter: Int?) {
        switch code.status {
        case 429, 500...: self = .notNow(code, after: .seconds(max(1, retryAfter ?? 1)))
        default: self = .refused(code)
        }
    }

    /// A message that comes in vain waits twice as long each time, at most so long: no longer than a gateway on a full disk should be known as one.
    private static let waitMax = Duration.seconds(60)

    /// What the stream that keeps it is told; `deliveries`: how often it has come.
    func answer(deliveries: Int) -> NATSAnswer {
        switch self {
        case .accepted, .duplicate: .taken
        case .refused: .ended
        case .notNow(_, let delay): .again(after: min(Self.waitMax, delay * (1 << min(6, max(0, deliveries - 1)))))
        }
    }

    /// For the metric; of a message that nobody keeps `notNow` is a loss.
    func word(isKept: Bool) -> String {
        switch self {
        case .accepted: "accepted"
        case .duplicate: "duplicate"
        case .refused: "refused"
        case .notNow: isKept ? "deferred" : "lost"
        }
    }

    /// nil when it is ours.
    var code: ProblemCode? {
        switch self {
        case .accepted, .duplicate: nil
        case .refused(let code), .notNow(let code, _): code
        }
    }
}
