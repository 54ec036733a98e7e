/// An HTTP proxy through which a lane reaches its host: `CONNECT` [RFC 9110 §9.3.6], then TLS with the host itself, so the
/// proxy sees neither requests nor tokens. Its name is looked up anew before each connection; the host's name is the proxy's to
/// look up.
package struct Proxy: Sendable, Equatable {
    /// Sent as `Basic` [RFC 7617], in the clear as far as the proxy.
    package struct Credentials: Sendable, Equatable, CustomStringConvertible {
        package var user: String
        package var password: String

        package init(user: String, password: String) {
            self.user = user
            self.password = password
        }

        package var description: String { "credentials of \(user)" }
    }

    package var host: String
    package var port: UInt16
    package var credentials: Credentials?

    package init(host: String, port: UInt16, credentials: Credentials? = nil) {
        self.host = host
        self.port = port
        self.credentials = credentials
    }
}
