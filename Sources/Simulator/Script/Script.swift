/// Behaviours by provider and token: `{"apns": {"<token>": "unregistered", "*": {"behaviour": "503", "times": 3}}}`.
///
/// Provider: `apns`, `fcm`, `webpush`, `google` (the token endpoint), `ent`, or `*` for all. Token: the device's; for Web Push the
/// subscription's id, for Google the service account's e-mail, for the ENT the bearer; or `*` for every one. The value is a word, an
/// object, or an array of them. The most particular rule with something to play wins (token before `*`, named provider before `*`);
/// of an array the first step that is not used up and whose conditions hold. Without one the provider behaves well.
///
/// What is answered, one of:
/// - `behaviour`: `accept`, `silence`, `close`, `freeze`, `reset` (with `code`), or a word of the provider's catalogue: those in
///   kebab-case stand for the same trouble everywhere, those in a provider's spelling for that answer of that provider.
/// - `status` 200…599, with `reason` in the provider's error body (Mozilla's errno for Web Push), or with `body` as it stands and
///   `contentType`.
///
/// How it is answered:
/// - `delay` ms before it; `retryAfter`: seconds (any integer), a text as it stands, or `{"date": seconds from now}`.
/// - `timestamp` ms since 1970 of a 410, or `timestampFromNow` ms, negative for the past.
/// - `headers` {name: text}; `frames`: DATA frames the body is cut into; `bodyless`: true ends the stream with HEADERS.
/// - `delivers`: true counts the push as taken although its answer is lost (`silence`, `reset`, `close`, `freeze`).
/// - `goaway`: `{"last": "this"|"before"|"max"|<id>, "code": <name or number>, "debug": <text or object>}` or an array of them.
/// - `settings`: `{"maxConcurrentStreams": n, "initialWindowSize": n, "after": ms}` or an array of them.
///
/// When: `times` n and then used up; `nth` n only the nth request that reaches the step; `every` n each nth; `onConnection` n the
/// nth request of every connection; `listener` name; `from` and `until` in ms since the script was set.
package struct Script: Hashable, Sendable {
    /// Bound on a script's size, so that a mistaken upload cannot fill the memory.
    package static let rulesMax = 1_000_000

    package static let anyone = "*"

    /// Every behaviour that has a word.
    package static var words: [String] {
        ScriptedAnswers.words.union(["accept", "silence", "close", "freeze", "reset"]).sorted()
    }

    /// Steps by provider name (or `*`), then by token (or `*`).
    package var steps: [String: [String: [Behaviour]]]
    /// As it was parsed, for `GET /control/script`.
    package var source: JSON

    package init() {
        steps = [:]
        source = [:]
    }

    package struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
        package var description: String
    }

    /// - Throws: ``ParseError`` with the place and what is wrong there; nothing of a wrong script is used.
    package init(parsing bytes: [UInt8]) throws(ParseError) {
        do { source = try JSON(parsing: bytes) } catch {
            throw ParseError(description: "the script is not JSON (\(error.description))")
        }
        guard let providers = source.object else { throw ParseError(description: "the script is not an object") }
        steps = [:]
        for (provider, value) in providers {
            guard provider == Self.anyone || SimulatedService(rawValue: provider) != nil else {
                throw ParseError(description: "unknown provider \(provider)")
            }
            guard let rules = value.object else { throw ParseError(description: "\(provider): not an object") }
            var parsed: [String: [Behaviour]] = [:]
            for (token, rule) in rules {
                let items = rule.array ?? [rule]
                var behaviours: [Behaviour] = []
                for item in items { behaviours.append(try StepParser.behaviour(item, at: "\(provider).\(token)")) }
                parsed[token] = behaviours
            }
            steps[provider] = parsed
        }
        guard steps.values.reduce(0, { $0 + $1.count }) <= Self.rulesMax else {
            throw ParseError(description: "more than \(Self.rulesMax) rules")
        }
    }
}
