import Domain
import FanOut

/// `@unchecked Sendable`: the lane's thread only.
final class WebPushWire: Wire, @unchecked Sendable {
    private let origin: String
    private let host: String
    private var tokens: VAPIDTokens
    /// By urgency; of one token at a time.
    private var blocks: [Urgency: HeaderBlock] = [:]
    private var authorization = ""

    init(credential: WebPushCredential, service: PushEndpoint) {
        origin = service.origin
        host = service.host
        tokens = VAPIDTokens(credential: credential)
    }

    func write(
        _ push: Push,
        to request: RequestBuffer,
        on connection: ConnectionInfo,
        now: Instant,
        scratch: inout [UInt8]
    ) throws -> UsedCredential? {
        request.setPath(push.address.text)
        request.setHeaders(try block(urgency: push.event.urgency, now: now))
        request.addHeader("ttl", WebPushRequest.timeToLiveSeconds(.at(push.event.expiresAt), host: host, now: now))
        request.addHeader("topic", push.collapseID)
        request.appendBody(Self.body(of: push))
        return .only
    }

    func ordinaryRequest(for push: Push, now: Instant) throws -> OrdinaryRequest? {
        OrdinaryRequest(
            url: origin + push.address.text,
            headers: WebPushRequest.headers(
                token: try tokens.token(for: origin, at: now),
                urgency: push.event.urgency,
                collapseID: push.collapseID,
                expiry: .at(push.event.expiresAt),
                host: host,
                now: now
            ),
            body: Self.body(of: push)
        )
    }

    func classify(status: Int, body: [UInt8], retryAfter: String?, now: Instant) -> Classification {
        WebPushAnswer.classify(status: status, body: body, retryAfter: retryAfter, host: host, now: now)
    }

    private static func body(of push: Push) -> [UInt8] {
        guard let body = push.address.body else { preconditionFailure("A lane is loaded with its own messages") }
        return body
    }

    private func block(urgency: Urgency, now: Instant) throws -> HeaderBlock {
        let token = try tokens.token(for: origin, at: now)
        if token.authorization != authorization {
            blocks.removeAll()
            authorization = token.authorization
        }
        if let block = blocks[urgency] { return block }
        let block = try HeaderBlock(
            WebPushRequest.repeatingHeaders(token: token, urgency: urgency).map { .init($0.name, $0.value) }
        )
        blocks[urgency] = block
        return block
    }
}
