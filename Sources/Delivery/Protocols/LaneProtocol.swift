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

    /// What to do about an answer that asks for another credential than the one it was used with.
    func advice(
        _ wish: Verdict.ConnectionAdvice,
        _ used: UsedCredential,
        _ connection: ConnectionID,
        now: Instant
    ) -> CredentialAdvice {
        switch (wish, self, used) {
        case (.renewCredential, .fcm, _): .refresh
        case (.renewCredential, .apns(let lane), .apns(let token)): lane.expire(token, now: now) ? .replaced : .hopeless
        case (.revertCredential, .apns(let lane), .apns(let token)):
            lane.revert(connection, rejected: token, now: now) ? .reverted : .replaced
        case (.renewCredential, _, _), (.revertCredential, _, _): .replaced
        case (.keep, _, _), (.retire, _, _): .none
        }
    }

    /// Whether a renewal is worth starting now.
    func needsRefresh(at now: Instant) -> Bool {
        guard case .fcm(let lane) = self else { return false }
        return lane.needsRefresh(at: now)
    }

    /// The connection is closed.
    func forget(_ connection: ConnectionID) {
        if case .apns(let lane) = self { lane.forget(connection) }
    }
}

/// The credential a request went out with: an answer that refuses it refuses this one, not a newer one.
enum UsedCredential {
    case apns(ProviderToken)
    case fcm(AccessToken)
    /// Signed anew twice a day; no answer asks for another.
    case webpush

    /// Tells two credentials of a lane apart.
    var identity: UInt64 {
        switch self {
        case .apns(let token): UInt64(bitPattern: token.issuedAtSeconds)
        case .fcm(let token): UInt64(bitPattern: Int64(token.generation))
        case .webpush: 0
        }
    }
}
