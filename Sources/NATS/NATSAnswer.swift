internal import CNATS
internal import Glibc

/// What a stream is told of a message it sent [docs.nats.io, JetStream consumers, acknowledgement].
package enum NATSAnswer: Hashable, Sendable {
    /// It is ours now.
    case taken
    /// It is sent again after so long.
    case again(after: Duration)
    /// It is never sent again, though nobody took it.
    case ended

    package var text: String {
        switch self {
        case .taken: "+ACK"
        case .again(let delay):
            "-NAK {\"delay\": \(delay.components.seconds * 1_000_000_000 + delay.components.attoseconds / 1_000_000_000)}"
        case .ended: "+TERM"
        }
    }
}
