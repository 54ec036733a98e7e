import Domain
import Text
import WebClient

/// Asks the running service over its admin socket. One client serves one command; end it with ``stop()``.
struct AdminClient: Sendable {
    /// A service that runs answers from memory; longer means it does not.
    static let quickTimeout = Duration.seconds(1)

    private let socket: String
    private let client = WebClient(options: .init(transfersMax: 1))

    init(socket: String) { self.socket = socket }

    func stop() async { await client.stop() }

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

    func post(
        _ path: String,
        query: [(String, String)],
        contentType: String,
        body: WebRequest.Body,
        timeout: Duration
    ) async throws(WebClientError) -> WebResponse {
        let question = query.isEmpty ? "" : "?" + Self.encode(query)
        var request = request("POST", path + question, timeout: timeout)
        request.headers = [WebHeader("Content-Type", contentType)]
        request.body = body
        return try await client.send(request)
    }

    /// The answer's JSON object; nil when it is none.
    static func object(_ response: WebResponse) -> JSONObject? {
        do { return try JSONParser.parse(response.body).object } catch { return nil }
    }

    /// A problem's sentence [RFC 9457], for an answer that is none of the expected ones.
    static func problem(_ response: WebResponse) -> String {
        let object = object(response)
        return object?["detail"]?.string ?? object?["title"]?.string ?? "it answered with status \(response.status)"
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

    private static func encode(_ query: [(String, String)]) -> String {
        query.map { name, value in name + "=" + escape(value) }.joined(separator: "&")
    }

    /// Form encoding of a value, or of a path's segment; everything but letters, digits and `-._~` is escaped.
    static func escape(_ text: String) -> String {
        PercentCoding.encode(text)
    }
}

extension WebClientError {
    /// Nobody listens: nothing was sent.
    var isUnreachable: Bool {
        if case .unreachable = self { true } else { false }
    }

    var sentence: String {
        switch self {
        case .unreachable(let reason), .answerLost(let reason), .tls(let reason), .invalidRequest(let reason): reason
        case .timedOut: "no answer in time"
        case .tooLarge(let limit): "the answer is longer than \(limit) bytes"
        case .cancelled: "cancelled"
        case .invalidURL: "the socket's path is no address"
        case .forbiddenAddress: "the address is not allowed"
        case .overloaded, .stopped: "the client stops"
        }
    }
}
