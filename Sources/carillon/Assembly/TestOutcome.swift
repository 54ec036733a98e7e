import API
import Domain

extension APIServices.TestOutcome {
    /// The provider's word on a test, in the words of the API.
    init(_ classification: Classification) {
        switch classification.verdict {
        case .accepted: self.init(outcome: "accepted", reason: nil)
        case .tokenDead, .tokenSuspect, .payloadRefused: self.init(outcome: "rejected", reason: classification.reason)
        case .credentialFault, .platformFault, .resend, .laneBusy, .deferred, .ambiguous:
            self.init(outcome: "deferred", reason: classification.reason)
        }
    }
}
