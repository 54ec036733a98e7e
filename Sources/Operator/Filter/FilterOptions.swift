import ArgumentParser
import Domain
import Store

/// The filter flags of every command that looks for deliveries; one language with the orders (``FilterWords``).
struct FilterOptions: ParsableArguments {
    @Option(
        help: "Of pending, deferred, accepted, rejected, expired, withheld, dead, dropped, held; with commas.",
        completion: .list(DeliveryState.allCases.map { "\($0)" })
    )
    var state: Words?
    @Option(help: "The lane's name, or a pattern: 'fcm/*'.", completion: .lanes) var lane: Words?
    @Option(help: "The school's UAI, or a pattern.") var school: Words?
    @Option(help: "The publication's app, or a pattern.") var app: Words?
    @Option(help: "App and action: BLOG.PUBLISH-POST, or a pattern: 'BLOG.*'.") var kind: Words?
    @Option(help: "The event's urgency: low, normal or urgent.", completion: .list(Urgency.allCases.map(\.name)))
    var `class`: Words?
    @Option(help: "What the event is about, as posted: subject, resource or address, or a pattern: 'BLOG/*'.") var ref:
        Words?
    @Option(help: "The event's id.") var event: Words?
    @Option(help: "The person's ENT id or feed key.") var user: Words?
    @Option(help: "The device's installation.") var device: Words?
    @Option(
        help: "The reason's word or the provider's, or a pattern: retrying, 'UNAVAIL*'.",
        completion: .list(Reason.allCases.map(\.word))
    )
    var reason: Words?
    @Option(help: "Status of the last attempt: 503, 5xx, '>=500', or 0 for no answer.") var http: Words?
    @Option(help: "Made longer ago than: 90s, 10m, 1h30m, 7d.") var older: Words?
    @Option(help: "Made not longer ago than.") var younger: Words?
    @Option(help: "Deferred and due before: an RFC 3339 time, or a length of time from now.") var dueBefore: Words?
    @Option(help: "Attempts so far: '>=3'.") var attempts: Words?
    @Option(name: .long, help: "A condition of --where to leave out; may be given again: --not lane=fcm/*.")
    var not: [String] = []
    @Option(
        name: .long,
        help:
            "Everything else: 'lane=apns/* and age>10m and reason~Unreg* and not school=0751234A'; see `help queue list`."
    )
    var `where`: [String] = []

    /// One word, or several with commas.
    struct Words: ExpressibleByArgument {
        var values: [String]

        init?(argument: String) {
            values = argument.split(separator: ",").map(String.init)
            if values.isEmpty { return nil }
        }
    }

    func validate() throws {
        do { try words.check() } catch { throw ValidationError(error.sentence) }
    }

    var words: FilterWords {
        var words = FilterWords()
        let given: [(FilterWords.Name, Words?)] = [
            (.state, state), (.lane, lane), (.school, school), (.app, app), (.kind, kind), (.class, `class`),
            (.ref, ref),
            (.event, event), (.user, user), (.device, device), (.reason, reason), (.http, http), (.older, older),
            (.younger, younger),
            (.dueBefore, dueBefore), (.attempts, attempts),
        ]
        for (name, value) in given { words[name] = value?.values ?? [] }
        words[.not] = not
        words[.where] = `where`
        return words
    }

    /// The filter as the store reads it.
    ///
    /// `states`: what is meant when neither a state nor an event nor anything of an attempt is named. Exit code 3 for a name that means
    /// nothing.
    func resolve(_ inspection: Inspection, now: Instant, otherwise states: Set<DeliveryState>) throws -> QueueFilter {
        let words = words
        do {
            var filter = try inspection.ask { queue in
                try words.resolve(queue: queue, registry: inspection.registry, now: now)
            }
            if impliesStates(words) { filter.states = states }
            return filter
        } catch let problem as FilterWords.WordError {
            throw OperatorError(.nothing, problem.sentence, why: problem.known, next: problem.next)
        }
    }

    /// The filter in words, for a header.
    func scope(_ what: String, otherwise states: String) -> String {
        let words = words
        let state = impliesStates(words) ? states : nil
        return ([what] + [state, words.isEmpty ? nil : words.description].compactMap { $0 }).joined(separator: ", ")
    }

    private func impliesStates(_ words: FilterWords) -> Bool {
        ![.state, .event, .reason, .http].contains(where: words.mentions)
    }
}

extension FilterWords.WordError {
    var sentence: String {
        switch self {
        case .noSuchName(let name): say("there is no filter \(name)")
        case .malformed(let name, let word, let expected): say("--\(name.flag) \(word): expected \(expected).")
        case .misplaced(let name, let text, let position, let expected):
            // The part around the place, with a mark under it.
            say("--\(name.flag), character \(position): expected \(expected).") + "\n"
                + Self.marked(text, position: position, indent: "  ")
        case .unknown(let name, let word, _): say("there is no \(name.flag) \(word)")
        case .several(let name, let word, _):
            say("\(word) is the key of several; --\(name.flag) takes one of their names")
        }
    }

    private static func marked(_ text: String, position: Int, indent: String) -> String {
        let characters = text.map { $0.isNewline ? " " : $0 }
        let start = max(0, min(position - 1, characters.count) - 40)
        let shown = characters[start..<min(characters.count, start + 60)]
        let mark = String(repeating: " ", count: position - 1 - start) + "^"
        return indent + DisplayWidth.safe(String(shown)) + "\n" + indent + mark
    }

    var known: String? {
        switch self {
        case .unknown(_, _, let known) where !known.isEmpty, .several(_, _, let known):
            say("known: \(known.joined(separator: ", "))")
        default: nil
        }
    }

    var next: String? {
        if case .unknown(let name, _, _) = self { "carillon \(name.flag) list" } else { nil }
    }
}

extension FilterWords.Name {
    /// `dueBefore` is `due-before` on the command line.
    var flag: String { self == .dueBefore ? "due-before" : rawValue }
}
