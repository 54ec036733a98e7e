import Synchronization

/// Plays `oauth2.googleapis.com/token`.
struct GoogleTokenEndpoint: Sendable {
    private let desk: Desk
    private let validator: GrantValidator
    private let lifetimeSeconds: Int64

    init(desk: Desk, validator: GrantValidator, lifetimeSeconds: Int64) {
        self.desk = desk
        self.validator = validator
        self.lifetimeSeconds = lifetimeSeconds
    }

    func respond(to request: ReceivedRequest) -> Responder.Response {
        let now = desk.now() / 1000
        let audience = desk.state.tokenURI.withLock { $0 }
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
                return desk.refuse(record, with: Answer(status: 200, json: ["id_token": "e30.e30.e30"]))
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
            return desk.refuse(record, with: error.answer)
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
        return desk.finish(record, request: request) { behaviour in
            ScriptedAnswers.plain(behaviour)
        } accept: {
            let token = desk.state.accessTokens.withLock {
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
