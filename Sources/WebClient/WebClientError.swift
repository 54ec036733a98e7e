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
