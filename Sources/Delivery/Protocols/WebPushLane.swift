import Domain
import FanOut
import Providers

/// Web Push: one push service, by its origin. `@unchecked Sendable`: the lane's thread only.
final class WebPushLane: @unchecked Sendable {
    private let origin: String
    private let host: String
    private var tokens: VAPIDTokens
    private var blocks: [BlockKey: HeaderBlock] = [:]

    private struct BlockKey: Hashable {
        var authorization: String
        var urgency: Urgency
    }

    init(credential: WebPushCredential, endpoint: PushEndpoint) {
        origin = endpoint.origin
        host = endpoint.host
        tokens = VAPIDTokens(credential: credential)
    }

    func write(_ delivery: LoadedDelivery, to request: RequestBuffer, now: Instant) throws -> UsedCredential? {
        let sealed = Self.sealed(delivery)
        request.setPath(sealed.path)
        request.setHeaders(try block(urgency: delivery.event.urgency, now: now))
        request.addHeader(
            "ttl",
            WebPushRequest.timeToLiveSeconds(.at(delivery.event.expiresAt), host: host, now: now)
        )
        request.addHeader("topic", delivery.collapseID)
        request.appendBody(sealed.body)
        return .webpush
    }

    /// The same request for the ordinary client: URL, headers and body.
    func request(for delivery: LoadedDelivery, now: Instant) throws -> (
        url: String, headers: [(name: String, value: String)], body: [UInt8]
    ) {
        let sealed = Self.sealed(delivery)
        let headers = WebPushRequest.headers(
            token: try tokens.token(for: origin, at: now),
            urgency: delivery.event.urgency,
            collapseID: delivery.collapseID,
            expiry: .at(delivery.event.expiresAt),
            host: host,
            now: now
        )
        return (origin + sealed.path, headers, sealed.body)
    }

    func classify(status: Int, body: [UInt8], retryAfter: String?, now: Instant) -> Classification {
        WebPushAnswer.classify(status: status, body: body, retryAfter: retryAfter, host: host, now: now)
    }

    private static func sealed(_ delivery: LoadedDelivery) -> SealedMessage {
        guard let sealed = delivery.sealed else { preconditionFailure("A lane is loaded with its own messages") }
        return sealed
    }

    private func block(urgency: Urgency, now: Instant) throws -> HeaderBlock {
        let token = try tokens.token(for: origin, at: now)
        let key = BlockKey(authorization: token.authorization, urgency: urgency)
        if let block = blocks[key] { return block }
        // One token at a time, three urgencies.
        if blocks.count >= 6 { blocks.removeAll() }
        let block = try HeaderBlock(
            WebPushRequest.repeatingHeaders(token: token, urgency: urgency).map { .init($0.name, $0.value) }
        )
        blocks[key] = block
        return block
    }
}
