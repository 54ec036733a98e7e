import Synchronization

/// The simulator's own endpoints: script, log and counts.
struct ControlEndpoint: Sendable {
    private let desk: Desk

    init(desk: Desk) {
        self.desk = desk
    }

    func respond(to request: ReceivedRequest) -> Answer {
        // Who reads the file after asking here finds everything in it.
        desk.log.flush()
        switch (request.method, request.path) {
        case ("GET", "/control/ready"): return Answer(status: 200, json: ["ready": true])
        case ("GET", "/control/counts"): return Answer(status: 200, json: desk.log.counts.json)
        case ("GET", "/control/log"): return log(request)
        case ("DELETE", "/control/log"):
            desk.log.clear()
            return Answer(status: 204)
        case ("PUT", "/control/script"): return replaceScript(request.body)
        case ("DELETE", "/control/script"):
            desk.state.player.withLock { $0 = ScriptPlayer() }
            return Answer(status: 204)
        case ("DELETE", "/control/access-tokens"):
            desk.state.accessTokens.withLock { $0.revokeAll() }
            return Answer(status: 204)
        default: return Answer(status: 404, json: ["error": "no such control endpoint"])
        }
    }

    /// `since` is the last sequence number already seen, `max` the number of lines wanted.
    private func log(_ request: ReceivedRequest) -> Answer {
        let since = request.queryValue("since").map(Int64.init) ?? 0
        let max = request.queryValue("max").map { Int($0) } ?? .max
        guard let since, since >= 0, let max, max >= 0 else {
            return Answer(status: 400, json: ["error": "since and max are whole numbers"])
        }
        return Answer(
            status: 200,
            headers: [("content-type", "application/x-ndjson")],
            body: desk.log.lines(since: since, max: max)
        )
    }

    private func replaceScript(_ body: [UInt8]) -> Answer {
        do throws(Script.Mistake) {
            let script = try Script(parsing: body)
            desk.state.player.withLock { $0 = ScriptPlayer(script: script) }
            return Answer(status: 204)
        } catch {
            return Answer(status: 400, json: ["error": .string(error.description)])
        }
    }
}
