import Synchronization

/// Plays `oauth2.googleapis.com/token`.
struct GoogleTokenEndpoint: Sendable {
    private let handler: RequestHandler
    private let validator: GrantValidator
    private let lifetimeSeconds: Int64

    init(handler: RequestHandler, validator: GrantValidator, lifetimeSeconds: Int64) {
        self.handler = handler
        self.validator = validator
        self.lifetimeSeconds = lifetimeSeconds
    }

    func respond(to request: ReceivedRequest) -> Responder.Response {
        let now = handler.now() / 1000
        let audience = handler.state.tokenURI.withLock { $0 }
        do throws(GrantRefusal) {
            switch try validator.validate(request, audience: audience, now: now) {
            case .idTokenOnly:
                let record = Record(
                    .google,
                    .refused,
                    status: 200,
                    reason: "unknownScope",
                    token: "",
                    connection: request.connection
                )
                return handler.refuse(record, with: Answer(status: 200, json: ["id_token": "e30.e30.e30"]))
            case .accessToken(let account):
                return grant(account, request: request, now: now)
            }
        } catch {
            let record = Record(
                .google,
                .refused,
                status: error.status,
                reason: error.error,
                token: "",
                connection: request.connection,
                more: ["detail": .string(error.description)]
            )
            return handler.refuse(record, with: error.answer)
        }
    }

    private func grant(_ account: ServiceAccount, request: ReceivedRequest, now: Int64) -> Responder.Response {
        let record = Record(
            .google,
            .accepted,
            status: 200,
            token: account.clientEmail,
            connection: request.connection,
            more: ["project": .string(account.projectID)]
        )
        return handler.finish(record, request: request) { behaviour in
            ScriptedAnswers.plain(behaviour)
        } accept: {
            let token = handler.state.accessTokens.withLock {
                $0.grant(project: account.projectID, expiresAt: now + lifetimeSeconds)
            }
            return Answer(
                status: 200,
                json: [
                    "access_token": .string(token), "expires_in": .integer(lifetimeSeconds), "token_type": "Bearer",
                ]
            )
        }
    }
}
