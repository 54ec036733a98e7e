import Synchronization

/// Plays `fcm.googleapis.com`.
struct FCMEndpoint: Sendable {
    private let handler: RequestHandler
    private let validator: FCMValidator

    init(handler: RequestHandler, projects: Set<String>) {
        self.handler = handler
        validator = FCMValidator(projects: projects)
    }

    func respond(to request: ReceivedRequest) -> Responder.Response {
        let now = handler.now() / 1000
        do throws(FCMError) {
            let push = try validator.validate(request) { bearer in
                handler.state.accessTokens.withLock { $0.project(of: bearer, now: now) }
            }
            let name = "projects/\(push.project)/messages/0:\(RandomIdentifier.hexadecimal(characters: 24))"
            var record = Record(
                .fcm,
                .accepted,
                status: 200,
                token: push.target.value,
                connection: request.connection,
                more: [
                    "name": .string(name), "project": .string(push.project), "targetKind": .string(push.target.kind),
                    "validateOnly": .bool(push.validateOnly), "payload": push.message,
                    "collapseID": push.message["android"]?["collapseKey"] ?? .null,
                    "tag": push.message["android"]?["notification"]?["tag"] ?? .null,
                ]
            )
            record.credential = request.bearer.map(CredentialMark.of)
            return finish(record, request, name: name)
        } catch {
            return refuse(request, error)
        }
    }

    private func finish(_ record: Record, _ request: ReceivedRequest, name: String) -> Responder.Response {
        handler.finish(record, request: request) { behaviour in
            ScriptedAnswers.fcm(behaviour)
        } accept: {
            Answer(status: 200, json: ["name": .string(name)])
        }
    }

    private func refuse(_ request: ReceivedRequest, _ error: FCMError) -> Responder.Response {
        var record = Record(
            .fcm,
            .refused,
            status: error.code,
            reason: error.errorCode ?? error.status,
            token: "",
            connection: request.connection,
            more: ["detail": .string(error.message), "path": .string(request.path)]
        )
        if !handler.isStrict, let project = FCMValidator.project(path: request.path),
            let token = FCMValidator.looseTarget(request.body)
        {
            record.outcome = .accepted
            record.reason = nil
            record.token = token
            record.more["defect"] = .string(error.errorCode ?? error.status)
            let message = RandomIdentifier.hexadecimal(characters: 24)
            return finish(record, request, name: "projects/\(project)/messages/0:\(message)")
        }
        return handler.refuse(record, with: error.answer())
    }
}
