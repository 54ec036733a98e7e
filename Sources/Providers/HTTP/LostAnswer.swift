package import Domain

/// How a request ended without an answer, in the engine's words.
package enum LostAnswer: Hashable, Sendable, CaseIterable {
    /// Above the last stream id of a GOAWAY: not processed [RFC 9113 §6.8].
    case goAway
    /// RST_STREAM with REFUSED_STREAM: not processed [RFC 9113 §8.7].
    case refusedStream
    /// The connection ended before a byte of it was sent.
    case neverWritten
    /// HTTP/2 forbids the request as we wrote it.
    case malformed
    /// No answer by the deadline.
    case deadline
    /// RST_STREAM with another code.
    case reset
    /// The connection ended under a request that may have been processed.
    case connectionLost
    /// We stopped before the answer came.
    case shutdown

    /// Only what was surely not processed is sent again for free; the rest may double and counts as an attempt.
    package var classification: Classification {
        switch self {
        case .goAway: Classification(.resend(.retire), status: 0, reason: "goAway")
        case .refusedStream: Classification(.resend(.keep), status: 0, reason: "refusedStream")
        case .neverWritten: Classification(.resend(.retire), status: 0, reason: "neverWritten")
        case .malformed: Classification(.payloadRefused, status: 0, reason: "malformed")
        case .deadline: Classification(.ambiguous, status: 0, reason: "timeout")
        case .reset: Classification(.ambiguous, status: 0, reason: "reset")
        case .connectionLost: Classification(.ambiguous, status: 0, reason: "connectionLost")
        case .shutdown: Classification(.ambiguous, status: 0, reason: "shutdown")
        }
    }
}
