import Domain

/// Times for people: how long ago, or in how long.
enum RelativeTime {
    static func text(_ instant: Instant, now: Instant) -> String {
        let seconds = (now - instant).components.seconds
        return seconds >= 0 ? say("\(length(seconds)) ago") : say("in \(length(-seconds))")
    }

    /// Of something that is to come: what should have come by now comes now.
    static func until(_ instant: Instant, now: Instant) -> String {
        let seconds = (instant - now).components.seconds
        return seconds > 0 ? say("in \(length(seconds))") : say("now")
    }

    /// For the head of a narrow column: `40s`, `80s`, `10m40`, `2h`, `3d`.
    static func short(_ seconds: Int64) -> String {
        switch seconds {
        case ..<600: return "\(seconds)s"
        case ..<7200:
            let rest = seconds % 60
            return "\(seconds / 60)m" + (rest == 0 ? "" : rest < 10 ? "0\(rest)" : "\(rest)")
        case ..<172_800: return "\(seconds / 3600)h"
        default: return say("\(seconds / 86_400)d")
        }
    }

    /// `42 s`, `4 min`, `2 h 10 min`, `3 d`.
    static func length(_ seconds: Int64) -> String {
        switch seconds {
        case ..<120: return say("\(seconds) s")
        case ..<7200: return say("\(seconds / 60) min")
        case ..<172_800:
            let minutes = seconds / 60 % 60
            return minutes == 0 ? say("\(seconds / 3600) h") : say("\(seconds / 3600) h \(minutes) min")
        default: return say("\(seconds / 86_400) d")
        }
    }
}
