import FanOut
import Providers

/// What the providers call a request that came back without an answer.
extension NotProcessed {
    var lost: LostAnswer {
        switch self {
        case .goAway: .goAway
        case .refusedStream: .refusedStream
        case .neverWritten: .neverWritten
        case .malformed: .malformed
        }
    }
}

extension Ambiguity {
    var lost: LostAnswer {
        switch self {
        case .deadline: .deadline
        case .reset: .reset
        case .connectionLost: .connectionLost
        case .shutdown: .shutdown
        }
    }
}
