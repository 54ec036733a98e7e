import Domain
import FanOut
import Providers

/// How a lane's provider is spoken to: what to write for a delivery, what an answer means. Used on the loop thread only.
enum LaneProtocol: Sendable {
    case apns(APNsLane)
    case fcm(FCMLane)

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
        }
    }

    var provider: Provider {
        switch self {
        case .apns: .apns
        case .fcm: .fcm
        }
    }
}

/// The credential a request went out with: an answer that refuses it refuses this one, not a newer one.
enum UsedCredential {
    case apns(ProviderToken)
    case fcm(AccessToken)
}

/// APNs: one topic and environment under one signing key. `@unchecked Sendable`: loop thread only.
final class APNsLane: @unchecked Sendable {
    private let credential: APNsCredential
    private let topic: String
    private var schedule: ProviderTokenSchedule
    private var blocks: [BlockKey: HeaderBlock] = [:]
    private let onMint: @Sendable (ProviderToken) -> Void

    private struct BlockKey: Hashable {
        var token: String
        var isLow: Bool
    }

    /// `onMint`: keeps a new token for the next start, so that a restart loop does not make one each time.
    init(
        credential: APNsCredential,
        topic: String,
        stored: ProviderToken?,
        onMint: @escaping @Sendable (ProviderToken) -> Void
    ) {
        self.credential = credential
        self.topic = topic
        schedule = ProviderTokenSchedule(stored: stored, keyID: credential.keyID)
        self.onMint = onMint
    }

    func write(
        _ delivery: LoadedDelivery,
        to request: RequestBuffer,
        on connection: ConnectionInfo,
        now: Instant,
        scratch: inout [UInt8]
    ) throws -> UsedCredential? {
        guard case .apns(let message) = delivery.event.body else {
            preconditionFailure("A lane is loaded with its own messages")
        }
        let before = schedule.newest
        let token = try schedule.token(for: connection.id.number, at: now) { () throws(APNsCredentialError) in
            try credential.mint(at: now)
        }
        if schedule.newest != before, let newest = schedule.newest { onMint(newest) }
        request.setPath(APNsRequest.pathPrefix, delivery.target)
        request.setHeaders(try block(token, urgency: delivery.event.urgency))
        request.addHeader("apns-id", APNsRequest.id(of: delivery.id))
        request.addHeader("apns-collapse-id", delivery.collapseID)
        if let expiration = Expiry.at(delivery.event.expiresAt).apnsSeconds {
            request.addHeader("apns-expiration", expiration)
        }
        scratch.removeAll(keepingCapacity: true)
        let receiver = delivery.receiver
        message.appendBody(receiver: receiver.utf8.span, to: &scratch)
        request.appendBody(scratch)
        return .apns(token)
    }

    /// After TooManyProviderTokenUpdates. False: the connection has no token to go back to.
    func revert(_ connection: ConnectionID, rejected: ProviderToken, now: Instant) -> Bool {
        schedule.revert(connection.number, rejected: rejected, at: now) != nil
    }

    /// After ExpiredProviderToken. False: the token is too young to have expired, a clock is wrong.
    func expire(_ token: ProviderToken, now: Instant) -> Bool { schedule.expire(token, at: now) }

    func forget(_ connection: ConnectionID) { schedule.forget(connection.number) }

    private func block(_ token: ProviderToken, urgency: Urgency) throws -> HeaderBlock {
        let key = BlockKey(token: token.value, isLow: urgency == .low)
        if let block = blocks[key] { return block }
        // Two tokens in turn at most, two priorities.
        if blocks.count >= 8 { blocks.removeAll() }
        let block = try HeaderBlock(
            APNsRequest.repeatingHeaders(topic: topic, urgency: urgency, providerToken: token).map {
                .init($0.name, $0.value)
            }
        )
        blocks[key] = block
        return block
    }
}

/// FCM HTTP v1: one Firebase project. `@unchecked Sendable`: `tokens` guards itself, the rest is the loop thread's.
final class FCMLane: @unchecked Sendable {
    let tokens: AccessTokens
    private let path: String
    private var block: (generation: Int, fields: HeaderBlock)?

    init(projectID: String, tokens: AccessTokens) {
        path = FCMRequest.path(projectID: projectID)
        self.tokens = tokens
    }

    func write(_ delivery: LoadedDelivery, to request: RequestBuffer, now: Instant, scratch: inout [UInt8]) throws
        -> UsedCredential?
    {
        guard let token = tokens.current(at: now) else { return nil }
        guard case .fcm(let message) = delivery.event.body else {
            preconditionFailure("A lane is loaded with its own messages")
        }
        let fields: HeaderBlock
        if let block, block.generation == token.generation {
            fields = block.fields
        } else {
            fields = try HeaderBlock(FCMRequest.repeatingHeaders(accessToken: token).map { .init($0.name, $0.value) })
            block = (token.generation, fields)
        }
        request.setPath(path)
        request.setHeaders(fields)
        scratch.removeAll(keepingCapacity: true)
        let (target, receiver, collapseID) = (delivery.target, delivery.receiver, delivery.collapseID)
        message.appendBody(
            kind: delivery.isInstallation ? .installation : .token,
            target: target.utf8.span,
            receiver: receiver.utf8.span,
            collapseID: collapseID.utf8.span,
            expiry: .at(delivery.event.expiresAt),
            now: now,
            to: &scratch
        )
        request.appendBody(scratch)
        return .fcm(token)
    }

    /// Whether a refresh is worth starting: none there, or the one there should be renewed soon.
    func needsRefresh(at now: Instant) -> Bool { tokens.current(at: now).map { $0.renewAt <= now } ?? true }
}
