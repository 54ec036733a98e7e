/// What the answer means for the connection it came on.
package enum AfterAnswer: Sendable {
    case keep
    /// No new stream; closed when the last answer is in.
    case retireConnection
}
