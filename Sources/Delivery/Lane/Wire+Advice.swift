import Domain
import FanOut
import Providers

extension Wire {
    /// What to do about an answer that asks for another credential than the one it was used with.
    func advice(
        _ wish: Verdict.ConnectionAdvice,
        _ used: UsedCredential,
        _ connection: ConnectionID,
        now: Instant
    ) -> CredentialAdvice {
        switch wish {
        case .keep, .retire: .none
        case .renewCredential:
            switch renewal {
            case .fetched: .refresh
            case .minted: expire(used, now: now) ? .replaced : .hopeless
            case .never: .replaced
            }
        case .revertCredential: revert(connection, rejected: used, now: now) ? .reverted : .replaced
        }
    }
}
