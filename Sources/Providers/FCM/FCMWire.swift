import Domain
import FanOut

/// `@unchecked Sendable`: `tokens` guards itself, the rest is the lane's thread's.
final class FCMWire: Wire, @unchecked Sendable {
    private let tokens: AccessTokens
    private let path: String
    private var block: (token: AccessToken, fields: HeaderBlock)?

    let renewal = CredentialRenewal.fetched

    init(projectID: String, tokens: AccessTokens) {
        path = FCMRequest.path(projectID: projectID)
        self.tokens = tokens
    }

    func write(
        _ push: Push,
        to request: RequestBuffer,
        on connection: ConnectionInfo,
        now: Instant,
        scratch: inout [UInt8]
    ) throws -> UsedCredential? {
        guard let token = tokens.current(at: now) else { return nil }
        guard let template = push.template else { preconditionFailure("A message that is too large is not sent") }
        request.setPath(path)
        request.setHeaders(try fields(of: token))
        scratch.removeAll(keepingCapacity: true)
        FCMMessage(template: template).appendBody(
            kind: push.address.form == FCMTarget.installation ? .installation : .token,
            target: push.address.text.utf8.span,
            receiver: push.receiver.utf8.span,
            collapseID: push.collapseID.utf8.span,
            expiry: .at(push.event.expiresAt),
            encrypted: push.address.body,
            now: now,
            to: &scratch
        )
        request.appendBody(scratch)
        return UsedCredential(number: token.generation)
    }

    func classify(_ answer: borrowing Answer, now: Instant) -> Classification {
        // The usual answer needs no parser.
        if answer.status == 200 { return Classification(.accepted, status: 200, reason: "") }
        return classify(status: answer.status, body: answer.body, retryAfter: answer.header("retry-after"), now: now)
    }

    func classify(status: Int, body: [UInt8], retryAfter: String?, now: Instant) -> Classification {
        FCMAnswer.classify(status: status, body: body, retryAfter: retryAfter, now: now)
    }

    func wantsRefresh(at now: Instant) -> Bool { block.map { $0.token.renewAt <= now } ?? true }

    func refresh(rejected: UsedCredential?, at now: Instant) async -> Classification? {
        let refresh =
            if let rejected { await tokens.replace(rejected: rejected.number, at: now) } else {
                await tokens.refresh(at: now)
            }
        guard case .failed(let failure) = refresh else { return nil }
        return failure.classification
    }

    private func fields(of token: AccessToken) throws -> HeaderBlock {
        if let block, block.token.generation == token.generation { return block.fields }
        let fields = try HeaderBlock(FCMRequest.repeatingHeaders(accessToken: token).map { .init($0.name, $0.value) })
        block = (token, fields)
        return fields
    }
}
