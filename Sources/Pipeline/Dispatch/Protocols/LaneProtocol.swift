import Domain
import FanOut
import Providers

/// How a lane's provider is spoken to: what to write for a delivery, what an answer means. Used on the lane's thread only.
enum LaneProtocol: Sendable {
    case apns(APNsLane)
    case fcm(FCMLane)
    case webpush(WebPushLane)

    /// Writes the request; nil when there is no credential at this moment.
    func write(
        _ delivery: LoadedDelivery,
        to request: RequestBuffer,
        on connection: ConnectionInfo,
        now: Instant,
        scratch: inout [UInt8]
    ) throws -> UsedCredential? {
        switch self {
        case .apns(let lane): try lane.write(delivery, to: request, on: connection, now: now, scratch: &scratch)
        case .fcm(let lane): try lane.write(delivery, to: request, now: now, scratch: &scratch)
        case .webpush(let lane): try lane.write(delivery, to: request, now: now)
        }
    }

    func classify(_ answer: borrowing Answer, now: Instant) -> Classification {
        let retryAfter = answer.header("retry-after")
        switch self {
        case .apns:
            return APNsAnswer.classify(status: answer.status, body: answer.body, retryAfter: retryAfter, now: now)
        case .fcm:
            // The usual answer needs no parser.
            if answer.status == 200 { return Classification(.accepted, status: 200, reason: "") }
            return FCMAnswer.classify(status: answer.status, body: answer.body, retryAfter: retryAfter, now: now)
        case .webpush(let lane):
            return lane.classify(status: answer.status, body: answer.body, retryAfter: retryAfter, now: now)
        }
    }
}

/// The credential a request went out with: an answer that refuses it refuses this one, not a newer one.
enum UsedCredential {
    case apns(ProviderToken)
    case fcm(AccessToken)
    /// Signed anew twice a day; no answer asks for another.
    case webpush
}
