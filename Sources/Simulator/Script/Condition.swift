/// When a step of a script is played; without any of these, always.
package struct Condition: Hashable, Sendable {
    /// How often before the step is used up; nil is for ever.
    package var times: Int?
    /// Only the nth request that reaches the step, counted from 1.
    package var nth: Int?
    /// Every nth request that reaches the step.
    package var every: Int?
    /// Only the nth request of each connection, counted from 1.
    package var onConnection: Int?
    /// Only requests of this listener: `https`, `http` or `webpush-<n>`.
    package var listener: String?
    /// Milliseconds since the script was set.
    package var from: Int64?
    package var until: Int64?

    /// True when the request is one of those `nth` and `every` count.
    func concerns(listener name: String, ordinal: Int, elapsed: Int64) -> Bool {
        if let listener, listener != name { return false }
        if let onConnection, onConnection != ordinal { return false }
        if let from, elapsed < from { return false }
        if let until, elapsed >= until { return false }
        return true
    }

    /// True when the request, the `reached`th of those concerned, is one to play.
    func selects(reached: Int) -> Bool {
        if let nth, nth != reached { return false }
        if let every, !reached.isMultiple(of: every) { return false }
        return true
    }
}
