/// A filter as people write it, one list of words for each flag of the command and each member of an order's body; several words of
/// one name are alternatives (`--state dead,deferred`), several names must all hold.
///
/// | name | words |
/// |---|---|
/// | `state` | `pending deferred accepted rejected expired withheld dead dropped held` |
/// | `lane` `school` `app` `reason` | a word or a pattern with `*` and `?`, letter case ignored |
/// | `kind` | the same over `APP.ACTION` |
/// | `class` | the event's urgency: `low normal urgent` |
/// | `ref` | what the event is about, as posted: subject, resource, sub-resource or address; a word or a pattern |
/// | `event` | one id |
/// | `user` `device` | one ENT id, feed key, or `feed:key`; one installation |
/// | `http` | `503`, `5xx`, `>=500`, `0` for no answer: of the last attempt |
/// | `older` `younger` | time since the delivery was made: `90s`, `10m`, `1h30m`, `7d` |
/// | `dueBefore` | an RFC 3339 instant, or a time from now |
/// | `attempts` | `3`, `>=3`, `<2`; several must all hold |
/// | `not` | one condition of a ``FilterExpression`` that must not hold; several must all not hold |
/// | `where` | a ``FilterExpression``; several must all hold |
package struct FilterWords: Hashable, Sendable {
    package enum Name: String, CaseIterable, Sendable {
        case state, lane, school, app, kind, `class`, ref, event, user, device, reason, http, older, younger, dueBefore,
            attempts
        case not, `where`

        /// Names that take one word only.
        var isSingle: Bool { [.event, .user, .device, .older, .younger, .dueBefore].contains(self) }

        /// Names whose words are expressions, commas and all.
        package var isExpression: Bool { self == .not || self == .where }
    }

    /// What is wrong with a filter.
    package enum WordError: Error, Hashable, Sendable {
        /// No filter has this name; only from JSON.
        case noSuchName(String)
        case malformed(Name, word: String, expected: String)
        /// In an expression, at its character `position`, counted from 1.
        case misplaced(Name, text: String, position: Int, expected: String)
        /// The word is right, but names nothing.
        case unknown(Name, word: String, known: [String])
        /// The word is a key of several; each has a name of its own.
        case several(Name, word: String, known: [String])
    }

    /// Expressions of one filter, and as many conditions to leave out.
    package static let expressionsMax = 20

    private var words: [Name: [String]] = [:]

    package init() {}

    package var isEmpty: Bool { words.isEmpty }

    package subscript(name: Name) -> [String] {
        get { words[name] ?? [] }
        set { words[name] = newValue.isEmpty ? nil : newValue }
    }

    /// `state dead,deferred, lane fcm/*`: for headers and the audit log; empty without words.
    package var description: String {
        Name.allCases.compactMap { name in
            guard let words = words[name] else { return nil }
            // Each is a sentence of its own.
            guard name.isExpression else { return "\(name.rawValue) \(words.joined(separator: ","))" }
            return words.map { "\(name.rawValue) \($0)" }.joined(separator: ", ")
        }.joined(separator: ", ")
    }

    /// True when it says something of this name, as a flag or in `where`.
    package func mentions(_ name: Name) -> Bool {
        words[name] != nil || conditions.contains { !$0.words[name].isEmpty }
    }

    /// True when the state is asked for by its name, as a flag or in `where`.
    package func names(_ state: DeliveryState) -> Bool {
        self[.state].contains("\(state)")
            || conditions.contains { !$0.isNegated && $0.words[.state].contains("\(state)") }
    }

    /// Of `where`; none of an expression that is wrong, which ``check()`` tells.
    private var conditions: [FilterExpression.Condition] {
        self[.where].flatMap { text in
            do throws(FilterExpression.MisplacedError) {
                return try FilterExpressionParser.expression(text).conditions
            } catch {
                return []
            }
        }
    }

    /// Checks the words without a store.
    ///
    /// - Throws: ``WordError/malformed(_:word:expected:)`` or ``WordError/misplaced(_:text:position:expected:)`` for the first that is wrong.
    package func check() throws(WordError) {
        var filter = QueueFilter()
        try set(&filter, now: Instant(milliseconds: 0))
        _ = try expressions()
    }

    private func expressions() throws(WordError) -> [FilterExpression] {
        var found: [FilterExpression] = []
        for name in [Name.not, .where] {
            guard self[name].count <= Self.expressionsMax else {
                throw .malformed(name, word: "\(self[name].count) times", expected: "at most \(Self.expressionsMax)")
            }
            for text in self[name] {
                do throws(FilterExpression.MisplacedError) {
                    found.append(
                        name == .not
                            ? try FilterExpressionParser.exclusion(text) : try FilterExpressionParser.expression(text)
                    )
                } catch {
                    throw .misplaced(name, text: text, position: error.position, expected: error.expected)
                }
            }
        }
        return found
    }

    /// The filter these words mean now: names are looked up, times become instants.
    ///
    /// - Throws: ``WordError``, or what a look-up threw.
    package func resolve(now: Instant, names: some FilterNames) throws -> QueueFilter {
        var filter = QueueFilter()
        try set(&filter, now: now)
        if let patterns = words[.lane] {
            let lanes = try names.lanes()
            var chosen: Set<LaneID> = []
            for word in patterns {
                let pattern = GlobPattern(word)
                let found = lanes.filter { pattern.matches($0.name) }
                guard !found.isEmpty else { throw WordError.unknown(.lane, word: word, known: lanes.map(\.name)) }
                chosen.formUnion(found.map(\.id))
            }
            filter.lanes = chosen
        }
        if let user = self[.user].first {
            filter.user = try names.person(user).map { .known($0) } ?? .unknown(user)
        }
        if let installation = self[.device].first {
            guard let device = try names.device(installation) else {
                throw WordError.unknown(.device, word: installation, known: [])
            }
            filter.device = device
        }
        for expression in try expressions() {
            let clauses = try expression.alternatives.map { alternative in
                try alternative.map { condition in
                    try condition.resolve { try $0.resolve(now: now, names: names) }
                }
            }
            filter.add(clauses)
        }
        return filter
    }

    /// Everything that needs no store.
    private func set(_ filter: inout QueueFilter, now: Instant) throws(WordError) {
        for name in Name.allCases where name.isSingle && self[name].count > 1 {
            throw .malformed(name, word: self[name].joined(separator: ","), expected: "one word")
        }
        for word in self[.state] { filter.states.insert(try Self.state(word)) }
        filter.schools = self[.school].map { GlobPattern($0) }
        filter.apps = self[.app].map { GlobPattern($0) }
        filter.kinds = self[.kind].map { GlobPattern($0) }
        filter.references = self[.ref].map { GlobPattern($0) }
        filter.reasons = self[.reason].map { GlobPattern($0) }
        for word in self[.class] {
            guard let urgency = Urgency(name: word) else {
                let all = Urgency.allCases.map(\.name).joined(separator: ", ")
                throw .malformed(.class, word: word, expected: "one of \(all)")
            }
            filter.classes.insert(urgency)
        }
        for word in self[.event] {
            guard let id = EventID(word) else { throw .malformed(.event, word: word, expected: "an event's id: E-…") }
            filter.event = id
        }
        for word in self[.http] {
            guard let pattern = QueueFilter.StatusPattern(word) else {
                throw .malformed(
                    .http,
                    word: word,
                    expected: "a status such as 503, or 5xx, or >=500, or 0 for no answer"
                )
            }
            filter.statuses.append(pattern)
        }
        for word in self[.attempts] {
            guard let comparison = QueueFilter.Comparison(word) else {
                throw .malformed(.attempts, word: word, expected: "a comparison such as '>=3'")
            }
            filter.attempts.append(comparison)
        }
        for word in self[.older] { filter.madeBefore = now + .milliseconds(-(try Self.length(.older, word))) }
        for word in self[.younger] { filter.madeSince = now + .milliseconds(-(try Self.length(.younger, word))) }
        for word in self[.dueBefore] {
            guard let instant = TimeLength.instant(word, from: now) else {
                throw .malformed(.dueBefore, word: word, expected: Self.lengthExpected)
            }
            filter.dueBefore = instant
        }
    }

    private static func state(_ word: String) throws(WordError) -> DeliveryState {
        if word == "inFlight" {
            throw .malformed(
                .state,
                word: word,
                expected: "a state of the store; what is in flight only the service knows"
            )
        }
        guard let state = DeliveryState.allCases.first(where: { "\($0)" == word }) else {
            let all = DeliveryState.allCases.map { "\($0)" }.joined(separator: ", ")
            throw .malformed(.state, word: word, expected: "one of \(all)")
        }
        return state
    }

    private static let lengthExpected = "a length of time such as 90s, 10m, 1h30m or 7d"

    private static func length(_ name: Name, _ word: String) throws(WordError) -> Int64 {
        guard let length = TimeLength.milliseconds(word) else {
            throw .malformed(name, word: word, expected: lengthExpected)
        }
        return length
    }
}
