/// Behaviours by provider and token: `{"apns": {"<token>": "unregistered", "*": {"behaviour": "503", "times": 3}}}`.
///
/// The provider `*` stands for all, the token `*` for every token. A behaviour is a word, an object or an array of them: steps
/// played one after another. For Google the token is the service account's e-mail, for the ENT the bearer.
package struct Script: Hashable, Sendable {
    /// Bound on a script's size, so that a mistaken upload cannot fill the memory.
    package static let rulesMax = 1_000_000

    package static let anyone = "*"

    /// Every behaviour that has a word.
    package static var words: [String] { (ScriptedAnswers.words.union(["accept", "silence"])).sorted() }

    /// Steps by provider name (or `*`), then by token (or `*`).
    package var steps: [String: [String: [Behaviour]]]

    package init(steps: [String: [String: [Behaviour]]] = [:]) {
        self.steps = steps
    }

    package struct Mistake: Error, Hashable, Sendable, CustomStringConvertible {
        package var description: String
    }

    /// - Throws: ``Mistake`` with the place and what is wrong there; nothing of a wrong script is used.
    package init(parsing bytes: [UInt8]) throws(Mistake) {
        let file: JSON
        do { file = try JSON(parsing: bytes) } catch {
            throw Mistake(description: "the script is not JSON (byte \(error.offset))")
        }
        guard let providers = file.object else { throw Mistake(description: "the script is not an object") }
        var steps: [String: [String: [Behaviour]]] = [:]
        for (provider, value) in providers {
            guard provider == Self.anyone || Provider(rawValue: provider) != nil else {
                throw Mistake(description: "unknown provider \(provider)")
            }
            guard let rules = value.object else { throw Mistake(description: "\(provider): not an object") }
            var parsed: [String: [Behaviour]] = [:]
            for (token, rule) in rules {
                let items = rule.array ?? [rule]
                var behaviours: [Behaviour] = []
                for item in items { behaviours.append(try Self.behaviour(item, at: "\(provider).\(token)")) }
                parsed[token] = behaviours
            }
            steps[provider] = parsed
        }
        guard steps.values.reduce(0, { $0 + $1.count }) <= Self.rulesMax else {
            throw Mistake(description: "more than \(Self.rulesMax) rules")
        }
        self.steps = steps
    }

    private static let members: Set<String> = [
        "behaviour", "times", "retryAfter", "timestamp", "delay", "status", "reason", "body", "contentType",
    ]

    private static func behaviour(_ value: JSON, at place: String) throws(Mistake) -> Behaviour {
        if let word = value.string { return Behaviour(try action(word, at: place)) }
        guard let object = value.object else { throw Mistake(description: "\(place): neither a word nor an object") }
        if let unknown = object.keys.first(where: { !members.contains($0) }) {
            throw Mistake(description: "\(place): unknown member \(unknown)")
        }
        let retryAfter: String?
        switch object["retryAfter"] {
        case nil: retryAfter = nil
        case .integer(let seconds): retryAfter = String(seconds)
        case .string(let text): retryAfter = text
        default: throw Mistake(description: "\(place): retryAfter is neither seconds nor a date")
        }
        return Behaviour(
            try action(object, at: place),
            times: try integer(object, "times", at: place).map(Int.init),
            retryAfter: retryAfter,
            timestamp: try integer(object, "timestamp", at: place),
            delayMilliseconds: try integer(object, "delay", at: place) ?? 0
        )
    }

    private static func integer(_ object: [String: JSON], _ name: String, at place: String) throws(Mistake) -> Int64? {
        guard let value = object[name] else { return nil }
        guard case .integer(let number) = value, number >= 0 else {
            throw Mistake(description: "\(place): \(name) is not a whole number")
        }
        return number
    }

    private static func action(_ object: [String: JSON], at place: String) throws(Mistake) -> Behaviour.Action {
        guard let status = try integer(object, "status", at: place) else {
            guard let word = object["behaviour"]?.string else {
                throw Mistake(description: "\(place): neither behaviour nor status")
            }
            return try action(word, at: place)
        }
        guard (200...599).contains(status), object["behaviour"] == nil else {
            throw Mistake(description: "\(place): status must be 200 to 599 and stand without behaviour")
        }
        if let body = object["body"]?.string {
            return .raw(Int(status), contentType: object["contentType"]?.string ?? "application/json", body: body)
        }
        return .status(Int(status), reason: object["reason"]?.string)
    }

    private static func action(_ word: String, at place: String) throws(Mistake) -> Behaviour.Action {
        switch word {
        case "accept": return .accept
        case "silence": return .silence
        default:
            guard ScriptedAnswers.words.contains(word) else {
                throw Mistake(description: "\(place): unknown behaviour \(word)")
            }
            return .named(word)
        }
    }
}
