import Synchronization

/// The simulator's own endpoints: script, log, counts and subscriptions.
struct ControlEndpoint: Sendable {
    private let handler: RequestHandler

    init(handler: RequestHandler) {
        self.handler = handler
    }

    func respond(to request: ReceivedRequest) -> Answer {
        // Who reads the file after asking here finds everything in it.
        handler.log.flush()
        switch (request.method, request.path) {
        case ("GET", "/control/ready"): return Answer(status: 200, json: ["ready": true])
        case ("GET", "/control/counts"): return Answer(status: 200, json: handler.log.counts.json)
        case ("GET", "/control/log"): return log(request)
        case ("DELETE", "/control/log"):
            handler.log.clear()
            return Answer(status: 204)
        case ("GET", "/control/script"):
            return Answer(status: 200, json: handler.state.player.withLock { $0.script.source })
        case ("PUT", "/control/script"), ("POST", "/control/script"): return replaceScript(request.body)
        case ("DELETE", "/control/script"):
            play(Script())
            return Answer(status: 204)
        case ("POST", "/control/reset"):
            reset()
            return Answer(status: 204)
        case ("DELETE", "/control/access-tokens"):
            handler.state.accessTokens.withLock { $0.revokeAll() }
            return Answer(status: 204)
        case ("GET", "/control/subscriptions"):
            let ids = handler.state.subscriptions.withLock { $0.ids }
            return Answer(status: 200, json: ["subscriptions": .array(ids.map(JSON.string))])
        case ("POST", "/control/subscriptions"): return subscribe(request)
        case ("DELETE", _) where request.path.hasPrefix("/control/subscriptions/"):
            let id = String(request.path.dropFirst("/control/subscriptions/".count))
            let isKnown = handler.state.subscriptions.withLock { $0.remove(id) }
            return isKnown ? Answer(status: 204) : Answer(status: 404, json: ["error": "no such subscription"])
        default: return Answer(status: 404, json: ["error": "no such control endpoint"])
        }
    }

    /// Script, log, counts and what was given up; access tokens and subscriptions stay good.
    private func reset() {
        play(Script())
        handler.log.clear()
        handler.state.subscriptions.withLock { $0.forgetGone() }
    }

    private func play(_ script: Script) {
        let now = handler.now()
        handler.state.player.withLock { $0 = ScriptPlayer(script: script, startedAt: now) }
    }

    /// `since` is the last sequence number already seen, `max` the number of lines wanted; `provider`, `outcome` and `token` choose.
    private func log(_ request: ReceivedRequest) -> Answer {
        let since = request.queryValue("since").map(Int64.init) ?? 0
        let max = request.queryValue("max").map { Int($0) } ?? .max
        guard let since, since >= 0, let max, max >= 0 else {
            return Answer(status: 400, json: ["error": "since and max are whole numbers"])
        }
        var filter = PushLog.Filter()
        if let name = request.queryValue("provider") {
            guard let provider = SimulatedService(rawValue: name) else {
                return Answer(status: 400, json: ["error": "unknown provider"])
            }
            filter.provider = provider
        }
        if let name = request.queryValue("outcome") {
            guard let outcome = Record.Outcome(rawValue: name) else {
                return Answer(status: 400, json: ["error": "unknown outcome"])
            }
            filter.outcome = outcome
        }
        filter.token = request.queryValue("token")
        return Answer(
            status: 200,
            headers: [("content-type", "application/x-ndjson")],
            body: handler.log.lines(since: since, max: max, filter: filter)
        )
    }

    private func replaceScript(_ body: [UInt8]) -> Answer {
        do throws(Script.ParseError) {
            play(try Script(parsing: body))
            return Answer(status: 204)
        } catch {
            return Answer(status: 400, json: ["error": .string(error.description)])
        }
    }

    /// Answers what the browsers would give their server, for the Web Push listener named by `listener` or the first one.
    private func subscribe(_ request: ReceivedRequest) -> Answer {
        let listeners = handler.state.webPushListeners.withLock { $0 }
        let name = request.queryValue("listener")
        guard let listener = listeners.first(where: { name == nil || $0.name == name }) else {
            return Answer(status: 404, json: ["error": "no such Web Push listener"])
        }
        do throws(Subscriptions.ParseError) {
            let added = try Subscriptions.parse(request.body.isEmpty ? Array("{}".utf8) : request.body)
            try handler.state.subscriptions.withLock { subscriptions throws(Subscriptions.ParseError) in
                try subscriptions.add(added)
            }
            let items = added.map { subscription -> JSON in
                ["id": .string(subscription.id), "subscription": subscription.json(origin: listener.origin)]
            }
            return Answer(status: 201, json: ["subscriptions": .array(items)])
        } catch {
            return Answer(status: 400, json: ["error": .string(error.description)])
        }
    }
}
