package enum LaneEvent: Sendable, Equatable {
    /// `address` is numeric; `resumed` tells that TLS needed no full handshake.
    case opened(ConnectionInfo, address: String, resumed: Bool)
    /// No connection came about; the next try is `retryAfter` away.
    case connectFailed(ConnectError, retryAfter: Duration)
    /// The peer ends the connection. Debug data at most 1 KiB (APNs: JSON with a reason).
    case goAway(ConnectionInfo, lastStreamID: Int32, code: UInt32, debugData: [UInt8])
    /// `retryAfter`: no other is open, and the next may not be opened before.
    case closed(ConnectionInfo, reason: String, retryAfter: Duration?)
}
