import Domain
import Settings
import WebClient

/// An order about one lane, given to the running service.
struct LaneOrder {
    private static let timeout = Duration.seconds(10)

    var verb: String
    var lane: String
    var why: String
    /// Members of the order beside `actor` and `why`.
    var more: KeyValuePairs<String, JSONValue> = [:]

    /// Gives the order and writes the lane as it then is.
    ///
    /// - Parameters:
    ///   - options: configuration and format.
    ///   - line: what people read; by default the lane's state.
    /// - Throws: exit code 4 when the service does not answer, 3 for an unknown lane.
    func run(_ options: GlobalOptions, line: ((JSONObject) -> String)? = nil) async throws {
        let object = try await give(socket: options.settings().settings.listen.adminSocket)
        try options.renderer.write(object, id: "lane") { [(line ?? state)(object)] }
    }

    /// - Returns: the lane as it then is.
    /// - Throws: ``OperatorFailure``.
    func give(socket: String) async throws -> JSONObject {
        let client = AdminClient(socket: socket)
        var order = JSONObject(["actor": .string(OperatorContext.current.actor), "why": .string(why)])
        for (name, value) in more { order[name] = value }
        let body = JSONWriter.bytes(.object(order))
        let result: Result<WebResponse, WebClientError>
        do throws(WebClientError) {
            result = .success(
                try await client.post(
                    "/admin/lanes/\(verb)",
                    query: [("lane", lane)],
                    contentType: "application/json",
                    body: .bytes(body),
                    timeout: Self.timeout
                )
            )
        } catch {
            result = .failure(error)
        }
        await client.stop()
        return try object(of: result, socket: socket)
    }

    /// In one line.
    func state(_ object: JSONObject) -> String {
        let state = object["state"]?.string ?? verb
        let inFlight = object["inFlight"]?.int64.map { " In flight \($0) will finish;" } ?? ""
        let pending = object["pending"]?.int64.map { " \($0) pending wait." } ?? ""
        let until = state == "paused" ? object["until"]?.string.map { " until \($0)" } ?? "" : ""
        return "\(lane): \(state)\(until).\(inFlight)\(pending)"
    }

    private func object(of result: Result<WebResponse, WebClientError>, socket: String) throws -> JSONObject {
        switch result {
        case .failure(let error):
            throw OperatorFailure(
                .unreachable,
                "the service does not answer on \(socket); the lane is unchanged",
                why: error.sentence,
                next: "start the service, or run as the user who owns the socket"
            )
        case .success(let response) where response.status == 200:
            return AdminClient.object(response) ?? JSONObject()
        case .success(let response) where AdminClient.object(response)?["code"] == "lanePaused":
            throw OperatorFailure(.refused, AdminClient.problem(response), next: "carillon lane resume \(lane)")
        case .success(let response) where response.status == 404:
            throw OperatorFailure(.nothing, "there is no lane \(lane)", next: "carillon lane list")
        case .success(let response) where response.status == 409:
            throw OperatorFailure(.nothing, AdminClient.problem(response), next: "carillon lane list")
        case .success(let response):
            throw OperatorFailure(.failed, "the order was not taken", why: AdminClient.problem(response))
        }
    }
}
