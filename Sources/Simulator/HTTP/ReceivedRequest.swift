/// A complete request as one of the listeners received it: all of it is untrusted.
package struct ReceivedRequest: Sendable {
    package enum HTTPVersion: String, Sendable {
        case http1 = "HTTP/1.1"
        case http2 = "HTTP/2"
    }

    package var version: HTTPVersion
    package var method: String
    /// Without the query.
    package var path: String
    /// After the `?`, still encoded; empty when there is none.
    package var query: String
    /// In the order received, names in lower case, pseudo headers left out.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// Number of the connection since the start of the simulator.
    package var connection: Int
    /// Position on its connection, from 1; 0 when unknown.
    package var ordinal = 0
    /// Name of the listener it came in by.
    package var listener = "https"
    /// Host and port the client named (`:authority` or `Host`).
    package var authority = ""

    /// `target` is path and query as on the wire.
    package init(
        version: HTTPVersion = .http2,
        method: String,
        target: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        connection: Int = 0
    ) {
        self.version = version
        self.method = method
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        query = parts.count > 1 ? String(parts[1]) : ""
        self.headers = headers
        self.body = body
        self.connection = connection
    }

    /// The first header of that name, which must be in lower case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    /// The token of `authorization: bearer …`; the scheme's case does not matter (RFC 9110 §11.1).
    package var bearer: String? {
        guard let value = header("authorization") else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }

    /// The value of a query parameter, undecoded: the simulator's own parameters are numbers.
    package func queryValue(_ name: String) -> String? {
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0] == name { return String(parts[1]) }
        }
        return nil
    }
}
