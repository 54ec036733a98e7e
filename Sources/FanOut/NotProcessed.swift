package enum NotProcessed: Sendable, Equatable {
    /// Above the `last_stream_id` of the peer's GOAWAY [RFC 9113 §6.8].
    case goAway
    /// Reset with REFUSED_STREAM [RFC 9113 §8.7].
    case refusedStream
    /// No byte of it had been given to the network when the connection ended.
    case neverWritten
    /// The feed wrote a request that HTTP/2 forbids (no path, control characters, too large). Sending again will not help.
    case malformed
}
