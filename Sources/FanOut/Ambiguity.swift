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
