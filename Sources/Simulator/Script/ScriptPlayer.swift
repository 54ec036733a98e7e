/// Plays a script: which behaviour the next request of a token meets.
struct ScriptPlayer: Sendable {
    /// What conditions look at.
    struct Occasion {
        var provider: SimulatedService
        var token: String
        var listener: String
        /// Position on its connection, from 1.
        var ordinal: Int
        /// Milliseconds since 1970.
        var now: Int64
    }

    private struct Progress {
        /// Requests that reached the step, and those it answered.
        var reached = 0
        var played = 0
    }

    let script: Script
    private let startedAt: Int64
    /// By provider and token as the script names them, one for each step.
    private var progress: [String: [String: [Progress]]] = [:]

    /// `startedAt`: milliseconds since 1970, where `from` and `until` count from.
    init(script: Script = Script(), startedAt: Int64) {
        self.script = script
        self.startedAt = startedAt
    }

    /// The most particular rule with something to play: token before everyone, named provider before any. Nil: behave well.
    mutating func next(_ occasion: Occasion) -> Behaviour? {
        if script.steps.isEmpty { return nil }
        let provider = occasion.provider.rawValue
        for (name, key) in [
            (provider, occasion.token), (Script.anyone, occasion.token), (provider, Script.anyone),
            (Script.anyone, Script.anyone),
        ] {
            if let behaviour = next(name, key, occasion) { return behaviour }
        }
        return nil
    }

    private mutating func next(_ provider: String, _ token: String, _ occasion: Occasion) -> Behaviour? {
        guard let steps = script.steps[provider]?[token] else { return nil }
        var rule = progress[provider]?[token] ?? Array(repeating: Progress(), count: steps.count)
        defer { progress[provider, default: [:]][token] = rule }
        for (index, step) in steps.enumerated() {
            if let times = step.condition.times, rule[index].played >= times { continue }
            let isConcerned = step.condition.concerns(
                listener: occasion.listener,
                ordinal: occasion.ordinal,
                elapsed: occasion.now - startedAt
            )
            guard isConcerned else { continue }
            rule[index].reached += 1
            guard step.condition.selects(reached: rule[index].reached) else { continue }
            rule[index].played += 1
            return step
        }
        return nil
    }
}
