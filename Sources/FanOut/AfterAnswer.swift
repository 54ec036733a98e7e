/// What the answer means for the connection it came on.
package enum AfterAnswer: Sendable {
    case keep
    /// No new stream; closed when the last answer is in.
    case retireConnection
    /// Closed at the end of this turn; what is in flight becomes ambiguous.
    case closeConnection
}
