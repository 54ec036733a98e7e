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
