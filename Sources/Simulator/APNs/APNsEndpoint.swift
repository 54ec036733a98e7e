import Synchronization

/// Plays `api.push.apple.com`.
struct APNsEndpoint: Sendable {
    /// Guarded by its mutex: connections come from several event loops.
    private final class State: Sendable {
        let validator: Mutex<APNsValidator>
        let updates = Mutex(ProviderTokenUpdateRule())
        /// The key each connection is bound to by its first push.
        let keys = Mutex<[Int: String]>([:])

        init(validator: APNsValidator) {
            self.validator = Mutex(validator)
        }
    }

    private let handler: RequestHandler
    private let state: State
    private let limitsProviderTokenUpdates: Bool

    init(handler: RequestHandler, accounts: [APNsAccount], limitsProviderTokenUpdates: Bool) {
        self.handler = handler
        state = State(validator: APNsValidator(accounts: accounts))
        self.limitsProviderTokenUpdates = limitsProviderTokenUpdates
    }

    func respond(to request: ReceivedRequest) -> Responder.Response {
        let now = handler.now()
        do throws(APNsRefusal) {
            // Apple speaks HTTP/2 only; a client that fell back must notice.
            guard request.version == .http2 else {
                throw APNsRefusal(status: 505, reason: "HTTPVersionNotSupported", detail: "HTTP/2 only")
            }
            let push = try state.validator.withLock { validator throws(APNsRefusal) in
                try validator.validate(request, now: now / 1000)
            }
            try checkUpdates(request, now: now / 1000)
            try bind(connection: request.connection, to: push.keyID)
            let apnsID = push.apnsID ?? RandomIdentifier.uuid()
            var record = record(of: push, apnsID: apnsID, connection: request.connection)
            record.credential = request.bearer.map(CredentialMark.of)
            return finish(record, request, apnsID: apnsID, now: now)
        } catch {
            return refuse(request, error)
        }
    }

    /// Forgets which provider tokens connections have shown.
    func reset() {
        state.updates.withLock { $0 = ProviderTokenUpdateRule() }
    }

    func closed(connection: Int) {
        state.updates.withLock { $0.close(connection: connection) }
        state.keys.withLock { $0[connection] = nil }
    }

    /// Keys of two teams, or two keys of one, do not share a connection.
    private func bind(connection: Int, to keyID: String) throws(APNsRefusal) {
        let bound = state.keys.withLock { keys in
            let bound = keys[connection] ?? keyID
            keys[connection] = bound
            return bound
        }
        guard bound == keyID else {
            throw APNsRefusal("UnrelatedKeyIdInToken", detail: "the connection is bound to \(bound)")
        }
    }

    private func finish(_ record: Record, _ request: ReceivedRequest, apnsID: String, now: Int64) -> Responder.Response
    {
        handler.finish(record, request: request) { behaviour in
            ScriptedAnswers.apns(behaviour, apnsID: apnsID, nowMilliseconds: now)
        } accept: {
            Answer(status: 200, headers: [("apns-id", apnsID)])
        }
    }

    private func checkUpdates(_ request: ReceivedRequest, now: Int64) throws(APNsRefusal) {
        guard limitsProviderTokenUpdates, let bearer = request.bearer else { return }
        let isAdmitted = state.updates.withLock { $0.admit(bearer, connection: request.connection, now: now) }
        guard isAdmitted else { throw APNsRefusal("TooManyProviderTokenUpdates") }
    }

    private func record(of push: APNsPush, apnsID: String, connection: Int) -> Record {
        var more: [String: JSON] = [
            "apnsID": .string(apnsID), "topic": .string(push.topic), "pushType": .string(push.pushType),
            "payload": push.payload,
        ]
        if let collapseID = push.collapseID { more["collapseID"] = .string(collapseID) }
        if let expiration = push.expiration { more["expiration"] = .integer(expiration) }
        if let priority = push.priority { more["priority"] = .integer(Int64(priority)) }
        return Record(.apns, .accepted, status: 200, token: push.token, connection: connection, more: more)
    }

    private func refuse(_ request: ReceivedRequest, _ refusal: APNsRefusal) -> Responder.Response {
        var record = Record(
            .apns,
            .refused,
            status: refusal.status,
            reason: refusal.reason,
            token: request.path.split(separator: "/").last.map(String.init) ?? "",
            connection: request.connection,
            more: refusal.detail.isEmpty ? [:] : ["detail": .string(refusal.detail)]
        )
        let apnsID = request.header("apns-id") ?? RandomIdentifier.uuid()
        guard handler.isStrict || record.token.isEmpty || refusal.reason == "TooManyProviderTokenUpdates" else {
            record.outcome = .accepted
            record.reason = nil
            record.more["defect"] = .string(refusal.reason)
            return finish(record, request, apnsID: apnsID, now: handler.now())
        }
        return handler.refuse(record, with: refusal.answer(apnsID: apnsID))
    }
}
