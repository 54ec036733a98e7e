import Domain
import Settings
import WebClient

/// An order about one lane, given to the running service.
struct LaneOrder {
    private static let timeout = Duration.seconds(10)

    var verb: String
    var lane: String
    var why: String

    /// Gives the order and writes the lane as it then is.
    ///
    /// - Parameter options: configuration and format.
    /// - Throws: exit code 4 when the service does not answer, 3 for an unknown lane.
    func run(_ options: GlobalOptions) async throws {
        let settings = try options.settings().settings
        let context = OperatorContext.current
        let client = AdminClient(socket: settings.listen.adminSocket)
        let body = JSONWriter.bytes(["actor": .string(context.actor), "why": .string(why)])
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
        try write(result, options, socket: settings.listen.adminSocket)
    }

    private func write(_ result: Result<WebResponse, WebClientError>, _ options: GlobalOptions, socket: String) throws {
        switch result {
        case .failure(let error):
            throw OperatorFailure(
                .unreachable,
                "the service does not answer on \(socket); the lane is unchanged",
                why: error.sentence,
                next: "start the service, or run as the user who owns the socket"
            )
        case .success(let response) where response.status == 200:
            let object = try JSONParser.parse(response.body).object ?? JSONObject()
            try options.renderer.write(object, id: "lane") {
                let state = object["state"]?.string ?? verb
                let inFlight = object["inFlight"]?.int64.map { " In flight \($0) will finish;" } ?? ""
                let pending = object["pending"]?.int64.map { " \($0) pending wait." } ?? ""
                return ["\(lane): \(state).\(inFlight)\(pending)"]
            }
        case .success(let response) where response.status == 409:
            throw OperatorFailure(.refused, AdminClient.problem(response), next: "carillon lane resume \(lane)")
        case .success(let response) where response.status == 404:
            throw OperatorFailure(.nothing, "there is no lane \(lane)", next: "carillon lane list")
        case .success(let response):
            throw OperatorFailure(.failed, "the order was not taken", why: AdminClient.problem(response))
        }
    }
}
