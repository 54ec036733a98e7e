import Domain
import FanOut
import Providers

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
