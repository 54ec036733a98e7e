import Contract
import Domain
import WebClient

/// Asks the running service over its admin socket: an order, and how far it has come. One client serves one command.
struct AdminClient: AdminChannel {
    /// A service that runs answers from memory; longer means it does not.
    static let quickTimeout = Duration.seconds(1)

    private let socket: String
    /// The command can do it itself with `--offline`.
    private let canBeOffline: Bool
    private let client = WebClient(options: .init(transfersMax: 2))

    private init(_ socket: String, canBeOffline: Bool) {
        self.socket = socket
        self.canBeOffline = canBeOffline
    }

    /// A client for as long as `body` runs.
    static func use<T, Failure: Error>(
        _ socket: String,
        canBeOffline: Bool = false,
        _ body: (AdminClient) async throws(Failure) -> T
    ) async throws(Failure) -> T {
        let client = AdminClient(socket, canBeOffline: canBeOffline)
        return try await withCleanup(client.client.stop) { () async throws(Failure) in try await body(client) }
    }

    /// As ``get(_:)``, of a client that asks nothing else.
    static func ask(_ socket: String, _ path: String) async -> JSONObject? { await use(socket) { await $0.get(path) } }

    /// How the service stands; nil when it does not answer.
    static func status(_ socket: String) async -> StatusView? {
        await ask(socket, "/admin/status").map(StatusView.init(shown:))
    }

    /// The object of a quick GET; nil when the service does not answer, or not with 200 and an object.
    func get(_ path: String) async -> JSONObject? {
        do {
            let response = try await client.send(request("GET", path, timeout: Self.quickTimeout))
            guard response.status == 200 else { return nil }
            return try JSONParser.parse(response.body).object
        } catch {
            // Whatever hinders it, the store is read instead and the answer says so.
            return nil
        }
    }

    func send(_ order: AdminRequest) async throws -> AdminAnswer {
        var request = request(order.method, order.target, timeout: order.timeout)
        request.headers = [WebHeader("Content-Type", order.contentType)]
        switch order.body {
        case .bytes(let bytes): request.body = .bytes(bytes)
        case .file(let path): request.body = .file(path: path)
        }
        do throws(WebClientError) {
            let response = try await client.send(request)
            return AdminAnswer(status: response.status, body: response.body)
        } catch { throw failure(error, order) }
    }

    private func failure(_ error: WebClientError, _ order: AdminRequest) -> OperatorError {
        switch (error, order.body) {
        case (.unreachable, _):
            return OperatorError(
                .unreachable,
                say("the service does not answer on \(socket); nothing was changed"),
                why: SocketState(socket).sentence ?? error.sentence,
                next: say("start the service, or run as the user who owns the socket, or in the group carillon-ops")
                    + (canBeOffline ? say(", or --offline while it is down") : "")
            )
        case (.invalidRequest, .file(let path)):
            return OperatorError(.failed, say("\(path) cannot be read"), why: error.sentence)
        default:
            var failure = order.whenLost
            failure.why = error.sentence
            return failure
        }
    }

    private func request(_ method: String, _ path: String, timeout: Duration) -> WebRequest {
        WebRequest(
            method: method,
            url: "http://localhost" + path,
            timeout: timeout,
            connectTimeout: Self.quickTimeout,
            responseBytesMax: 16 << 20,
            unixSocketPath: socket
        )
    }
}

extension WebClientError {
    var sentence: String {
        switch self {
        case .unreachable(let reason), .answerLost(let reason), .tls(let reason), .invalidRequest(let reason): reason
        case .timedOut: say("no answer in time")
        case .tooLarge(let limit): say("the answer is longer than \(limit) bytes")
        case .cancelled: say("cancelled")
        case .invalidURL: say("the socket's path is no address")
        case .forbiddenAddress: say("the address is not allowed")
        case .overloaded, .stopped: say("the client stops")
        }
    }
}
