import Domain
import Settings
import WebClient

/// An order to the running service that is answered with one object.
struct ServiceOrder {
    private static let timeout = Duration.seconds(30)

    var path: String
    var why: String

    /// - Parameters:
    ///   - options: configuration.
    ///   - unknown: what is said of a 404.
    /// - Returns: the answer's object.
    /// - Throws: exit code 4 when the service does not answer, 3 for a 404, 1 for any other refusal.
    func run(_ options: GlobalOptions, unknown: String) async throws -> JSONObject {
        let socket = try options.settings().settings.listen.adminSocket
        let client = AdminClient(socket: socket)
        let body = JSONWriter.bytes(["actor": .string(OperatorContext.current.actor), "why": .string(why)])
        let result: Result<WebResponse, WebClientError>
        do throws(WebClientError) {
            result = .success(
                try await client.post(
                    path,
                    query: [],
                    contentType: "application/json",
                    body: .bytes(body),
                    timeout: Self.timeout
                )
            )
        } catch {
            result = .failure(error)
        }
        await client.stop()
        switch result {
        case .success(let response) where response.status == 200: return AdminClient.object(response) ?? JSONObject()
        case .success(let response) where response.status == 404: throw OperatorFailure(.nothing, unknown)
        case .success(let response):
            throw OperatorFailure(.failed, "the order was not taken", why: AdminClient.problem(response))
        case .failure(let error):
            throw OperatorFailure(
                .unreachable,
                "the service does not answer on \(socket)",
                why: error.sentence,
                next: "start the service, or run as the user who owns the socket"
            )
        }
    }
}
