/// Plays a script: which behaviour the next request of a token meets.
struct ScriptPlayer: Sendable {
    private var script: Script
    /// Requests answered by the present step, by provider and token as the script names them.
    private var played: [String: [String: (step: Int, count: Int)]] = [:]

    init(script: Script = Script()) {
        self.script = script
    }

    /// The most particular rule that is not used up: token before everyone, named provider before any. Nil: behave well.
    mutating func next(provider: Provider, token: String) -> Behaviour? {
        if script.steps.isEmpty { return nil }
        for (name, key) in [
            (provider.rawValue, token), (Script.anyone, token), (provider.rawValue, Script.anyone),
            (Script.anyone, Script.anyone),
        ] {
            if let behaviour = next(name, key) { return behaviour }
        }
        return nil
    }

    private mutating func next(_ provider: String, _ token: String) -> Behaviour? {
        guard let steps = script.steps[provider]?[token] else { return nil }
        var (step, count) = played[provider]?[token] ?? (0, 0)
        while step < steps.count, let times = steps[step].times, count >= times { (step, count) = (step + 1, 0) }
        guard step < steps.count else { return nil }
        played[provider, default: [:]][token] = (step, count + 1)
        return steps[step]
    }
}
