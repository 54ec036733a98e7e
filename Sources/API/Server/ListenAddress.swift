/// Where a server listens.
package enum ListenAddress: Hashable, Sendable {
    /// `host`: a name or address, of IPv6 without brackets. Port 0 lets the system choose.
    case tcp(host: String, port: Int)
    case unix(path: String)
}
