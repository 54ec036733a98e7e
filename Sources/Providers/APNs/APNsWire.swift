import Domain
import FanOut

/// `@unchecked Sendable`: the lane's thread only.
final class APNsWire: Wire, @unchecked Sendable {
    /// Two tokens in turn at most; what is in flight may know some more.
    private static let tokensMax = 8

    private let credential: APNsCredential
    private let topic: String
    private var schedule: ProviderTokenSchedule
    private let keep: @Sendable ([UInt8]) -> Void
    /// The newest last.
    private var known: [Known] = []

    let renewal = CredentialRenewal.minted

    private struct Known {
        var token: ProviderToken
        var use: UsedCredential
        /// Headers for urgency `low`, and for the others.
        var low: HeaderBlock
        var usual: HeaderBlock
    }

    init(credential: APNsCredential, topic: String, storage: CredentialStorage) {
        self.credential = credential
        self.topic = topic
        schedule = ProviderTokenSchedule(
            stored: storage.stored.flatMap(ProviderToken.init(stored:)),
            keyID: credential.keyID
        )
        keep = storage.keep
    }

    func write(
        _ push: Push,
        to request: RequestBuffer,
        on connection: ConnectionInfo,
        now: Instant,
        scratch: inout [UInt8]
    ) throws -> UsedCredential? {
        guard let template = push.template else { preconditionFailure("A message that is too large is not sent") }
        var minted: ProviderToken?
        let token = try schedule.token(for: connection.id.number, at: now) { () throws(APNsCredentialError) in
            let token = try credential.mint(at: now)
            minted = token
            return token
        }
        if let minted { keep(minted.stored) }
        let index = try index(of: token)
        request.setPath(APNsRequest.pathPrefix, push.address.text)
        request.setHeaders(push.event.urgency == .low ? known[index].low : known[index].usual)
        request.addHeader("apns-id", count: APNsRequest.idCount) { APNsRequest.writeID(of: push.id, to: $0) }
        request.addHeader("apns-collapse-id", push.collapseID)
        request.addHeader("apns-expiration", Expiry.at(push.event.expiresAt).apnsSeconds)
        scratch.removeAll(keepingCapacity: true)
        APNsMessage(template: template).appendBody(
            receiver: push.receiver.utf8.span,
            encrypted: push.address.body,
            to: &scratch
        )
        request.appendBody(scratch)
        return known[index].use
    }

    func classify(status: Int, body: [UInt8], retryAfter: String?, now: Instant) -> Classification {
        APNsAnswer.classify(status: status, body: body, retryAfter: retryAfter, now: now)
    }

    /// After ExpiredProviderToken. False: the token is too young to have expired, a clock is wrong.
    func expire(_ credential: UsedCredential, now: Instant) -> Bool {
        guard let token = token(of: credential) else { return true }
        return schedule.expire(token, at: now)
    }

    /// After TooManyProviderTokenUpdates.
    func revert(_ connection: ConnectionID, rejected: UsedCredential, now: Instant) -> Bool {
        guard let token = token(of: rejected) else { return false }
        return schedule.revert(connection.number, rejected: token, at: now) != nil
    }

    func forget(_ connection: ConnectionID) { schedule.forget(connection.number) }

    private func token(of use: UsedCredential) -> ProviderToken? { known.first { $0.use == use }?.token }

    /// Equal tokens are mostly the same string in memory, so that comparing them reads no byte.
    private func index(of token: ProviderToken) throws -> Int {
        if let index = known.lastIndex(where: { $0.token.value == token.value }) { return index }
        let entry = Known(
            token: token,
            use: .next(),
            low: try headers(token, .low),
            usual: try headers(token, .normal)
        )
        if known.count >= Self.tokensMax { known.removeFirst() }
        known.append(entry)
        return known.count - 1
    }

    private func headers(_ token: ProviderToken, _ urgency: Urgency) throws -> HeaderBlock {
        try HeaderBlock(
            APNsRequest.repeatingHeaders(topic: topic, urgency: urgency, providerToken: token).map {
                .init($0.name, $0.value)
            }
        )
    }
}

extension ProviderToken {
    /// As kept between starts: key id, issue time and token, separated by line breaks.
    var stored: [UInt8] { Array("\(keyID)\n\(issuedAtSeconds)\n\(value)".utf8) }

    init?(stored: [UInt8]) {
        let parts = String(decoding: stored, as: UTF8.self).split(separator: "\n")
        guard parts.count == 3, let issued = Int64(parts[1]) else { return nil }
        self.init(keyID: String(parts[0]), value: String(parts[2]), issuedAtSeconds: issued)
    }
}
