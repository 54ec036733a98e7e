import Domain
import FanOut
import Providers

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
