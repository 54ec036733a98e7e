import Domain

/// A lane's state: the word as it is typed, in French with what it means.
enum LaneWord {
    static func said(_ state: String) -> String {
        switch state {
        case "active": say("active")
        case "open": say("open")
        case "halfOpen": say("halfOpen")
        case "paused": say("paused")
        case "draining": say("draining")
        case "credentialFault": say("credentialFault")
        default: state
        }
    }
}

extension OrderVerb {
    /// What it does to deliveries, within a sentence.
    var said: String {
        switch self {
        case .hold: say("hold")
        case .release: say("release")
        case .drop: say("drop")
        case .expire: say("expire")
        case .retry: say("retry")
        case .withdraw: say("withdraw")
        case .supersede: say("supersede")
        case .resend: say("resend")
        }
    }
}
