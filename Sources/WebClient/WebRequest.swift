/// One outbound HTTP request. Redirects are never followed: a 3xx is an answer like any other.
package struct WebRequest: Sendable {
    package enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// Streamed from this file, whose length is taken when the transfer starts.
        case file(path: String)
    }

    /// `GET`, `POST`, …: letters only.
    package var method: String
    /// `http` or `https`, absolute.
    package var url: String
    package var headers: [WebHeader]
    package var body: Body
    /// From `send` to the last byte of the answer, waiting for a free transfer included.
    package var timeout: Duration
    package var connectTimeout: Duration
    /// A longer answer ends in `WebClientError.tooLarge`, as early as its length is known.
    package var responseBytesMax: Int
    /// Connects to this socket instead of the URL's host, which then only names the `Host` header; no proxy.
    package var unixSocketPath: String?
    /// The answer says when the server's certificate ends.
    package var wantsCertificate: Bool
    /// Asked about every address (4 or 16 bytes, network order) before it is connected to; one refusal ends the request. nil: any address.
    package var isAddressAllowed: (@Sendable ([UInt8]) -> Bool)?

    package init(
        method: String = "GET",
        url: String,
        headers: [WebHeader] = [],
        body: Body = .none,
        timeout: Duration = .seconds(10),
        connectTimeout: Duration = .seconds(5),
        responseBytesMax: Int = 1 << 20,
        unixSocketPath: String? = nil,
        wantsCertificate: Bool = false,
        isAddressAllowed: (@Sendable ([UInt8]) -> Bool)? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.responseBytesMax = responseBytesMax
        self.unixSocketPath = unixSocketPath
        self.wantsCertificate = wantsCertificate
        self.isAddressAllowed = isAddressAllowed
    }
}

package struct WebHeader: Sendable, Equatable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A complete answer, whatever its status.
package struct WebResponse: Sendable, Equatable {
    package let status: Int
    /// In the order received; names in lower case; a name may occur more than once.
    package let headers: [WebHeader]
    package let body: [UInt8]
    /// When the server's certificate ends, `Mar  4 12:00:00 2027 GMT`; only of a request that wants it.
    package let certificateEnd: String?

    package init(status: Int, headers: [WebHeader], body: [UInt8], certificateEnd: String? = nil) {
        self.certificateEnd = certificateEnd
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of a header.
    ///
    /// - Parameter name: in lower case.
    /// - Returns: the value without surrounding blanks; nil when the header is absent.
    package func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}

/// Why there is no answer, by what the caller can do. Reasons name hosts and addresses, never headers or bodies.
package enum WebClientError: Error, Equatable, Sendable {
    /// The request was not sent: no address, no connection. Sending it again is safe.
    case unreachable(reason: String)
    /// The host has an address that `isAddressAllowed` refuses. Nothing was sent.
    case forbiddenAddress
    /// The connection broke after the request was on its way: it may have been processed.
    case answerLost(reason: String)
    /// `timeout` or `connectTimeout` passed; it may have been processed.
    case timedOut
    /// The server's certificate or handshake was refused. The request was not sent.
    case tls(reason: String)
    /// The answer is longer than `responseBytesMax`, or its headers longer than 64 KiB.
    case tooLarge(limit: Int)
    /// The task was cancelled; the transfer was aborted and may have been processed.
    case cancelled
    /// Not an absolute `http` or `https` URL.
    case invalidURL
    /// A header with a line break, a method that is none, a file that cannot be read: nothing was sent, or not to its end.
    case invalidRequest(reason: String)
    /// Too many requests wait for a free transfer. Nothing was sent.
    case overloaded
    /// `stop()` was called.
    case stopped
}
