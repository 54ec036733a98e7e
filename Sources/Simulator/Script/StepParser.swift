/// Reads one step of a script.
enum StepParser {
    private static let members: Set<String> = [
        "behaviour", "code", "status", "reason", "body", "contentType", "delay", "retryAfter", "timestamp",
        "timestampFromNow", "headers", "frames", "bodyless", "delivers", "goaway", "settings", "times", "nth", "every",
        "onConnection", "listener", "from", "until",
    ]

    /// A day: longer waits are mistakes, and far longer ones overflow the clock.
    private static let millisecondsMax: Int64 = 86_400_000
    /// SETTINGS values of HTTP/2 that have a bound have this one.
    private static let settingMax = Int64(Int32.max)
    /// Some thirty thousand years, so that sums with the present stay in range.
    private static let offsetMax: Int64 = 1_000_000_000_000_000

    static func behaviour(_ value: JSON, at place: String) throws(Script.ParseError) -> Behaviour {
        if let word = value.string { return Behaviour(try action(word, code: nil, at: place)) }
        guard let object = value.object else {
            throw Script.ParseError(description: "\(place): neither a word nor an object")
        }
        if let unknown = object.keys.sorted().first(where: { !members.contains($0) }) {
            throw Script.ParseError(description: "\(place): unknown member \(unknown)")
        }
        let step = Step(object: object, place: place)
        var behaviour = Behaviour(try action(step))
        behaviour.condition = try condition(step)
        behaviour.retryAfter = try retryAfter(step)
        if let time = try step.integer("timestamp") { behaviour.timestamp = .at(time) }
        if let offset = try step.integer("timestampFromNow", in: -offsetMax...offsetMax) {
            behaviour.timestamp = .fromNow(offset)
        }
        behaviour.delayMilliseconds = try step.integer("delay", in: 0...millisecondsMax) ?? 0
        behaviour.headers = try headers(step)
        behaviour.frames = Int(try step.integer("frames", in: 1...4096) ?? 1)
        behaviour.omitsBody = try step.flag("bodyless")
        behaviour.delivers = try step.flag("delivers")
        behaviour.connectionActions = try settings(step) + goaways(step)
        return behaviour
    }

    private static func action(_ step: Step) throws(Script.ParseError) -> Behaviour.Action {
        guard let status = try step.integer("status") else {
            guard let word = step.object["behaviour"]?.string else {
                if step.object["goaway"] != nil || step.object["settings"] != nil { return .accept }
                throw step.mistake("neither behaviour nor status")
            }
            return try action(word, code: step.object["code"], at: step.place)
        }
        guard (200...599).contains(status), step.object["behaviour"] == nil else {
            throw step.mistake("status must be 200 to 599 and stand without behaviour")
        }
        if let body = step.object["body"]?.string {
            return .raw(Int(status), contentType: step.object["contentType"]?.string ?? "application/json", body: body)
        }
        return .status(Int(status), reason: step.object["reason"]?.string)
    }

    private static func action(_ word: String, code: JSON?, at place: String) throws(Script.ParseError)
        -> Behaviour.Action
    {
        switch word {
        case "accept": return .accept
        case "silence": return .silence
        case "close": return .close
        case "freeze": return .freeze
        case "reset": return .reset(code: try http2Code(code, default: "INTERNAL_ERROR", at: place))
        default:
            guard ScriptedAnswers.words.contains(word) else {
                throw Script.ParseError(description: "\(place): unknown behaviour \(word)")
            }
            return .named(word)
        }
    }

    private static func condition(_ step: Step) throws(Script.ParseError) -> Condition {
        var condition = Condition()
        condition.times = try step.integer("times").map(Int.init)
        condition.nth = try step.integer("nth", in: 1...(.max)).map(Int.init)
        condition.every = try step.integer("every", in: 1...(.max)).map(Int.init)
        condition.onConnection = try step.integer("onConnection", in: 1...(.max)).map(Int.init)
        condition.listener = try step.text("listener")
        condition.from = try step.integer("from")
        condition.until = try step.integer("until")
        return condition
    }

    private static func retryAfter(_ step: Step) throws(Script.ParseError) -> Behaviour.RetryAfter? {
        switch step.object["retryAfter"] {
        case nil: return nil
        case .integer(let seconds): return .text(String(seconds))
        case .string(let text): return .text(text)
        case .object(let members):
            if members.count == 1, case .integer(let seconds) = members["date"] { return .date(afterSeconds: seconds) }
        default: break
        }
        throw step.mistake("retryAfter is neither seconds nor a text nor {\"date\": seconds}")
    }

    private static func headers(_ step: Step) throws(Script.ParseError) -> [String: String] {
        guard let value = step.object["headers"] else { return [:] }
        guard let members = value.object else { throw step.mistake("headers is not an object") }
        var headers: [String: String] = [:]
        for (name, value) in members {
            guard let text = value.string else { throw step.mistake("headers.\(name) is not a text") }
            headers[name.lowercased()] = text
        }
        return headers
    }

    private static func settings(_ step: Step) throws(Script.ParseError) -> [ConnectionAction] {
        guard let value = step.object["settings"] else { return [] }
        var actions: [ConnectionAction] = []
        for item in value.array ?? [value] { actions.append(try settings(item, at: "\(step.place).settings")) }
        return actions
    }

    private static func settings(_ value: JSON, at place: String) throws(Script.ParseError) -> ConnectionAction {
        guard let members = value.object, !members.isEmpty,
            members.keys.allSatisfy({ ["maxConcurrentStreams", "initialWindowSize", "after"].contains($0) })
        else {
            throw Script.ParseError(description: "\(place): takes maxConcurrentStreams, initialWindowSize and after")
        }
        let inner = Step(object: members, place: place)
        return .settings(
            concurrentStreamsMax: try inner.integer("maxConcurrentStreams", in: 0...settingMax).map(Int.init),
            initialWindowSize: try inner.integer("initialWindowSize", in: 0...settingMax).map(Int.init),
            afterMilliseconds: try inner.integer("after", in: 0...millisecondsMax) ?? 0
        )
    }

    private static func goaways(_ step: Step) throws(Script.ParseError) -> [ConnectionAction] {
        guard let value = step.object["goaway"] else { return [] }
        var actions: [ConnectionAction] = []
        for item in value.array ?? [value] { actions.append(try goaway(item, at: "\(step.place).goaway")) }
        return actions
    }

    private static func goaway(_ value: JSON, at place: String) throws(Script.ParseError) -> ConnectionAction {
        guard let members = value.object, members.keys.allSatisfy({ ["last", "code", "debug"].contains($0) }) else {
            throw Script.ParseError(description: "\(place): takes last, code and debug")
        }
        let last: ConnectionAction.LastStream
        switch members["last"] {
        case nil, .string("this"): last = .this
        case .string("before"): last = .before
        case .string("max"): last = .max
        case .integer(let id) where id == 0 || (id > 0 && id <= Int64(Int32.max) && id % 2 == 1):
            last = .stream(Int32(id))
        default: throw Script.ParseError(description: "\(place): last is this, before, max, 0 or an odd stream id")
        }
        let debug = members["debug"].map { $0.string ?? String(decoding: $0.serialized, as: UTF8.self) } ?? ""
        return .goaway(last: last, code: try http2Code(members["code"], default: "NO_ERROR", at: place), debug: debug)
    }

    private static func http2Code(_ value: JSON?, default name: String, at place: String) throws(Script.ParseError)
        -> UInt32
    {
        switch value ?? .string(name) {
        case .string(let name):
            if let number = HTTP2Code.numbers[name] { return number }
        case .integer(let number):
            if let code = UInt32(exactly: number) { return code }
        default: break
        }
        throw Script.ParseError(description: "\(place): code is no error code of HTTP/2")
    }
}

/// The members of an object with its place for the report of mistakes.
private struct Step {
    var object: [String: JSON]
    var place: String

    func mistake(_ text: String) -> Script.ParseError { Script.ParseError(description: "\(place): \(text)") }

    func integer(_ name: String, in range: ClosedRange<Int64> = 0...(.max)) throws(Script.ParseError) -> Int64? {
        guard let value = object[name] else { return nil }
        guard case .integer(let number) = value, range.contains(number) else {
            let bounds =
                range.upperBound == .max ? "from \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
            throw mistake("\(name) is not a whole number \(bounds)")
        }
        return number
    }

    func text(_ name: String) throws(Script.ParseError) -> String? {
        guard let value = object[name] else { return nil }
        guard let text = value.string else { throw mistake("\(name) is not a text") }
        return text
    }

    func flag(_ name: String) throws(Script.ParseError) -> Bool {
        switch object[name] {
        case nil: return false
        case .bool(let value): return value
        default: throw mistake("\(name) is neither true nor false")
        }
    }
}
