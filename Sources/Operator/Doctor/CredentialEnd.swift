import Domain

/// How near the configured end of a lane's credential is.
struct CredentialEnd {
    /// Time enough to make a key, hand it out and be on holiday.
    static let warnDays: Int64 = 30
    static let failDays: Int64 = 3

    var at: Instant
    var now: Instant

    var level: Finding.Level {
        let seconds = (at - now).components.seconds
        if seconds <= Self.failDays * 86_400 { return .fail }
        return seconds <= Self.warnDays * 86_400 ? .warn : .ok
    }

    var sentence: String {
        let days = (at - now).components.seconds / 86_400
        return at <= now ? say("ended on \(day: at)") : say("ends on \(day: at), in \(days) days")
    }
}
