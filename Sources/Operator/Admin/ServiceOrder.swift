import Domain
import Settings
import WebClient

/// An order to the running service that is answered with one object.
struct ServiceOrder {
    static let timeout = Duration.seconds(30)

    var path: String
    var why: String
    /// Members of the order beside `actor` and `why`.
    var more: KeyValuePairs<String, JSONValue> = [:]
    /// The command can do it itself with `--offline`.
    var canBeOffline = false

    /// - Parameters:
    ///   - options: configuration.
    ///   - unknown: what is said when there is nothing to do it to.
    /// - Returns: the answer's object.
    /// - Throws: exit code 4 when the service does not answer, 3 when there is nothing to do it to, 5 for a 503, 1 for any other refusal.
    func run(_ options: GlobalOptions, unknown: String) async throws -> JSONObject {
        let response = try await send(options)
        switch response.status {
        case 200: return AdminClient.object(response) ?? JSONObject()
        case 404: throw OperatorFailure(.nothing, unknown)
        case _ where ["unknownSchool", "clockNotSuspect"].contains(AdminClient.object(response)?["code"]?.string):
            throw OperatorFailure(.nothing, unknown)
        case 503:
            throw OperatorFailure(.store, "the store cannot take the order now", why: AdminClient.problem(response))
        default: throw OperatorFailure(.failed, "the order was not taken", why: AdminClient.problem(response))
        }
    }

    /// Any answer. Throws exit code 4 when there is none.
    func send(_ options: GlobalOptions, timeout: Duration = timeout) async throws -> WebResponse {
        let socket = try options.settings().settings.listen.adminSocket
        let client = AdminClient(socket: socket)
        var order = JSONObject(["actor": .string(OperatorContext.current.actor), "why": .string(why)])
        for (name, value) in more { order[name] = value }
        let body = JSONWriter.bytes(.object(order))
        let result: Result<WebResponse, WebClientError>
        do throws(WebClientError) {
            result = .success(
                try await client.post(
                    path,
                    query: [],
                    contentType: "application/json",
                    body: .bytes(body),
                    timeout: timeout
                )
            )
        } catch {
            result = .failure(error)
        }
        await client.stop()
        switch result {
        case .success(let response): return response
        case .failure(let error):
            throw OperatorFailure(
                .unreachable,
                "the service does not answer on \(socket)",
                why: error.sentence,
                next: "start the service, or run as the user who owns the socket"
                    + (canBeOffline ? ", or --offline while it is down" : "")
            )
        }
    }
}
