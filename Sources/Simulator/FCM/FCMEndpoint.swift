import Synchronization

/// Plays `fcm.googleapis.com`.
struct FCMEndpoint: Sendable {
    private let desk: Desk
    private let validator: FCMValidator

    init(desk: Desk, projects: Set<String>) {
        self.desk = desk
        validator = FCMValidator(projects: projects)
    }

    func respond(to request: ReceivedRequest) -> Responder.Response {
        let now = desk.now() / 1000
        do throws(FCMError) {
            let push = try validator.validate(request) { bearer in
                desk.state.accessTokens.withLock { $0.project(of: bearer, now: now) }
            }
            let name = "projects/\(push.project)/messages/0:\(RandomIdentifier.hexadecimal(characters: 24))"
            let record = Record(
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
            return desk.finish(record) { behaviour in
                ScriptedAnswers.fcm(behaviour)
            } accept: {
                Answer(status: 200, json: ["name": .string(name)])
            }
        } catch {
            return refuse(request, error)
        }
    }

    private func refuse(_ request: ReceivedRequest, _ error: FCMError) -> Responder.Response {
        let record = Record(
            .fcm,
            .refused,
            status: error.code,
            reason: error.errorCode ?? error.status,
            token: "",
            connection: request.connection,
            more: ["detail": .string(error.message), "path": .string(request.path)]
        )
        return desk.refuse(record, with: error.answer())
    }
}
