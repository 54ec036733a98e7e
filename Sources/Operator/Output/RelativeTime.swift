import Domain

/// Times for people: how long ago, or in how long.
enum RelativeTime {
    static func text(_ instant: Instant, now: Instant) -> String {
        let seconds = (now - instant).components.seconds
        return seconds >= 0 ? "\(length(seconds)) ago" : "in \(length(-seconds))"
    }

    /// `42 s`, `4 min`, `2 h 10 min`, `3 d`.
    static func length(_ seconds: Int64) -> String {
        switch seconds {
        case ..<120: return "\(seconds) s"
        case ..<7200: return "\(seconds / 60) min"
        case ..<172_800:
            let minutes = seconds / 60 % 60
            return "\(seconds / 3600) h" + (minutes == 0 ? "" : " \(minutes) min")
        default: return "\(seconds / 86_400) d"
        }
    }
}
