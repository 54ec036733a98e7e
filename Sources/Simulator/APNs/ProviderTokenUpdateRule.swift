/// Apple's limit on new provider tokens, counted per connection from the first time that connection shows one.
///
/// > … an error if you use a new token more than once every 20 minutes on the same connection.
struct ProviderTokenUpdateRule: Sendable {
    static let secondsMin: Int64 = 20 * 60

    private struct Shown {
        var token: String
        var since: Int64
        var previous: String?
    }

    private var shown: [Int: Shown] = [:]

    /// False when this token is one change too many. Going back to the token before is free: it is not new.
    mutating func admit(_ token: String, connection: Int, now: Int64) -> Bool {
        guard var current = shown[connection] else {
            shown[connection] = Shown(token: token, since: now)
            return true
        }
        if current.token == token || current.previous == token { return true }
        guard now - current.since >= Self.secondsMin else { return false }
        current = Shown(token: token, since: now, previous: current.token)
        shown[connection] = current
        return true
    }

    mutating func close(connection: Int) {
        shown[connection] = nil
    }
}
