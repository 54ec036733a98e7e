/// How a request ended. Exactly one per ticket.
package enum RequestResult {
    /// The peer answered, with whatever status.
    case answered(Answer)
    /// Certainly not processed by the peer: sending again costs nothing and cannot double.
    case notProcessed(NotProcessed)
    /// The peer may or may not have acted.
    case ambiguous(Ambiguity)
}

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

package enum Ambiguity: Sendable, Equatable {
    /// No answer within the lane's request deadline.
    case deadline
    /// The peer reset the stream with this error code [RFC 9113 §7].
    case reset(code: UInt32)
    /// The connection ended before the answer; the reason is for the operator.
    case connectionLost(String)
    /// The engine was stopped, or the lane removed, before the answer.
    case shutdown
}

/// An answer of the peer. Reads a buffer of the loop: valid during `RequestFeed.finished` only; copy what you keep.
package struct Answer {
    /// 200...599; informational answers (1xx) are skipped.
    package let status: Int
    /// From handing the request to libnghttp2 to the end of the answer, in steps of a loop turn.
    package let latency: Duration
    let buffer: AnswerBuffer

    /// The first field of this name (lower case), trailers included. Allocates only when it is found.
    package func header(_ name: StaticString) -> String? {
        buffer.header(name)
    }

    /// At most 16 KiB; see `isTruncated`. Allocates unless empty.
    package var body: [UInt8] { buffer.copyBody() }

    /// The peer sent more body or more fields than we keep; a longer body was cut off with a reset of the stream.
    package var isTruncated: Bool { buffer.isTruncated }
}
