import API
import Domain
import Store

extension APIServices.TestOutcome {
    /// Of a device that is not rung until it registers anew; nil of one that is.
    init?(silent device: DeviceRow) {
        switch device.state {
        case .active, .unproven: return nil
        case .suspect: self.init(outcome: "rejected", reason: device.reason ?? Reason.tokenSuspect.word)
        case .disabled: self.init(outcome: "rejected", reason: device.reason ?? Reason.tokenGone.word)
        }
    }

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
