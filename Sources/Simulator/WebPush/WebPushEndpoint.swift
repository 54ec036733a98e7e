import Synchronization

/// Plays the push service of a browser, one for each Web Push listener.
struct WebPushEndpoint: Sendable {
    private final class State: Sendable {
        let validator = Mutex(WebPushValidator())
    }

    private let handler: RequestHandler
    private let state = State()

    init(handler: RequestHandler) {
        self.handler = handler
    }

    func respond(to request: ReceivedRequest, service: PushService) -> Responder.Response {
        if request.method == "GET", service == .unifiedpush { return discovery(of: request) }
        let now = handler.now() / 1000
        do throws(WebPushFault) {
            let message = try handler.state.subscriptions.withLock { subscriptions throws(WebPushFault) in
                try state.validator.withLock { validator throws(WebPushFault) in
                    try validator.validate(request, service: service, subscriptions: subscriptions, now: now)
                }
            }
            var record = record(of: message.subscription, request)
            record.credential = CredentialMark.of(message.token)
            record.more["ttl"] = .integer(message.ttl)
            record.more["urgency"] = message.urgency.map(JSON.string) ?? .null
            record.more["topic"] = message.topic.map(JSON.string) ?? .null
            record.more["vapidExpiresAt"] = .integer(message.expiresAt)
            record.more["payload"] = Self.payload(message.plaintext)
            return finish(record, request, service: service, ttl: message.ttl, topic: message.topic)
        } catch {
            return refuse(request, error, service: service)
        }
    }

    /// > On sending a GET request to the full endpoint URL, the push server MUST return [this] JSON [UnifiedPush SERV 1.2.0].
    private func discovery(of request: ReceivedRequest) -> Responder.Response {
        let id = WebPushValidator.subscriptionID(path: request.path)
        let isKnown = id.map { id in handler.state.subscriptions.withLock { $0[id] != nil } } ?? false
        return .init(
            reply: .answer(isKnown ? Answer(status: 200, json: ["unifiedpush": ["version": 1]]) : Answer(status: 404))
        )
    }

    private func finish(
        _ record: Record,
        _ request: ReceivedRequest,
        service: PushService,
        ttl: Int64,
        topic: String?
    ) -> Responder.Response {
        var record = record
        let message = RandomIdentifier.hexadecimal(characters: 24)
        record.more["message"] = .string(message)
        return handler.finish(record, request: request) { behaviour in
            WebPushAnswers.scripted(behaviour, service: service)
        } accept: {
            let location = "https://\(request.authority)/message/\(message)"
            return WebPushAnswers.accepted(service: service, location: location, ttl: ttl, topic: topic)
        }
    }

    private func refuse(
        _ request: ReceivedRequest,
        _ defect: WebPushFault,
        service: PushService
    ) -> Responder.Response {
        let id = WebPushValidator.subscriptionID(path: request.path) ?? ""
        var record = record(of: id, request)
        if !defect.detail.isEmpty { record.more["detail"] = .string(defect.detail) }
        if !handler.isStrict, !id.isEmpty {
            record.more["defect"] = .string(defect.kind.rawValue)
            return finish(record, request, service: service, ttl: 0, topic: nil)
        }
        let answer = WebPushAnswers.answer(defect.kind, service: service)
        record.outcome = .refused
        record.status = answer.status
        record.reason = defect.kind.rawValue
        return handler.refuse(record, with: answer)
    }

    private func record(of id: String, _ request: ReceivedRequest) -> Record {
        Record(
            .webpush,
            .accepted,
            status: 201,
            token: id,
            connection: request.connection,
            more: [
                "host": .string(request.authority), "subscription": .string(id), "listener": .string(request.listener),
                "http": .string(request.version.rawValue),
            ]
        )
    }

    /// JSON as such, other text as a string.
    private static func payload(_ plaintext: [UInt8]) -> JSON {
        do { return try JSON(parsing: plaintext) } catch {
            return .string(String(decoding: plaintext, as: UTF8.self))
        }
    }
}
