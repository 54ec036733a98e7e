/// Plays the ENT's `/auth/oauth2/userinfo`, version 2.0.
struct UserinfoEndpoint: Sendable {
    private let handler: RequestHandler
    private let users: UserDirectory

    init(handler: RequestHandler, users: UserDirectory) {
        self.handler = handler
        self.users = users
    }

    func respond(to request: ReceivedRequest) -> Responder.Response {
        let bearer = request.bearer ?? ""
        guard request.method == "GET" || request.method == "POST", let profile = users.userinfo(bearer: bearer) else {
            // The real one sends whoever is not signed in to its login page.
            let record = Record(
                .ent,
                .refused,
                status: 302,
                reason: "unknownBearer",
                token: "",
                connection: request.connection
            )
            return handler.refuse(record, with: Answer(status: 302, headers: [("location", "/auth/login")]))
        }
        let record = Record(
            .ent,
            .accepted,
            status: 200,
            token: profile["userId"]?.string ?? "",
            connection: request.connection
        )
        return handler.finish(record, request: request, scriptToken: bearer) { behaviour in
            ScriptedAnswers.plain(behaviour)
        } accept: {
            Answer(status: 200, json: profile)
        }
    }
}
