/// Reads a ``FilterExpression``. Each character is looked at once or twice.
struct FilterExpressionParser {
    private enum Field: String, CaseIterable {
        case state, lane, school, app, kind, `class`, event, ref, user, device, reason, http, age, due, attempts

        var operators: [String] {
            switch self {
            case .lane, .school, .app, .kind, .ref, .reason: ["=", "!=", "~"]
            case .state, .class, .event, .user, .device: ["=", "!="]
            case .http, .attempts: ["=", "!=", "<", "<=", ">", ">="]
            case .age, .due: ["<", "<=", ">", ">="]
            }
        }
    }

    private typealias MisplacedError = FilterExpression.MisplacedError

    private let characters: [Character]
    private var at = 0

    private init(_ text: String) throws(FilterExpression.MisplacedError) {
        characters = Array(text)
        guard characters.count <= FilterExpression.charactersMax else {
            throw MisplacedError(
                position: FilterExpression.charactersMax + 1,
                expected: "at most \(FilterExpression.charactersMax) characters"
            )
        }
    }

    /// Of `--where`.
    static func expression(_ text: String) throws(FilterExpression.MisplacedError) -> FilterExpression {
        var parser = try Self(text)
        var alternatives: [[FilterExpression.Condition]] = [[]]
        var count = 0
        while true {
            parser.skipBlanks()
            guard count < FilterExpression.conditionsMax else {
                throw parser.expected("at most \(FilterExpression.conditionsMax) conditions")
            }
            alternatives[alternatives.count - 1].append(try parser.term())
            count += 1
            parser.skipBlanks()
            if parser.isAtEnd { return FilterExpression(alternatives: alternatives) }
            let start = parser.at
            switch parser.word() {
            case "and": break
            case "or": alternatives.append([])
            default:
                parser.at = start
                throw parser.expected("and, or, or the end")
            }
        }
    }

    /// Of `--not`: one condition, which must not hold.
    static func exclusion(_ text: String) throws(FilterExpression.MisplacedError) -> FilterExpression {
        var parser = try Self(text)
        parser.skipBlanks()
        var condition = try parser.condition()
        condition.isNegated.toggle()
        parser.skipBlanks()
        guard parser.isAtEnd else { throw parser.expected("the end after one condition") }
        return FilterExpression(alternatives: [[condition]])
    }

    // MARK: - Parts

    private mutating func term() throws(FilterExpression.MisplacedError) -> FilterExpression.Condition {
        let start = at
        guard word() == "not" else {
            at = start
            return try condition()
        }
        skipBlanks()
        var condition = try condition()
        condition.isNegated.toggle()
        return condition
    }

    private mutating func condition() throws(FilterExpression.MisplacedError) -> FilterExpression.Condition {
        let start = at
        let name = word()
        guard let field = Field(rawValue: name) else {
            at = start
            switch name {
            case "older", "younger": throw expected("age, as in age>10m")
            case "dueBefore": throw expected("due, as in due<10m")
            default: throw expected("one of \(Field.allCases.map(\.rawValue).joined(separator: ", "))")
            }
        }
        skipBlanks()
        let sign = try sign(of: field)
        skipBlanks()
        let place = at
        var values = try values()
        // One value where several could not all be meant.
        if values.count > 1, [.event, .user, .device, .age, .due, .attempts].contains(field) {
            throw MisplacedError(position: place + 1, expected: "one value")
        }
        if sign == "~" { values = values.map { "*\($0)*" } }
        var condition = FilterExpression.Condition(isNegated: sign == "!=", words: FilterWords(), bound: nil)
        let (word, bound) = Self.meaning(of: field, sign)
        condition.bound = bound
        if [.http, .attempts].contains(field), !["=", "!="].contains(sign) { values = values.map { sign + $0 } }
        condition.words[word] = values
        do throws(FilterWords.WordError) { try condition.words.check() } catch {
            guard case .malformed(_, _, let expected) = error else {
                throw MisplacedError(position: place + 1, expected: "another value")
            }
            throw MisplacedError(position: place + 1, expected: expected)
        }
        return condition
    }

    private static func meaning(of field: Field, _ sign: String) -> (FilterWords.Name, FilterExpression.Bound?) {
        switch field {
        case .state: (.state, nil)
        case .lane: (.lane, nil)
        case .school: (.school, nil)
        case .app: (.app, nil)
        case .kind: (.kind, nil)
        case .class: (.class, nil)
        case .event: (.event, nil)
        case .ref: (.ref, nil)
        case .user: (.user, nil)
        case .device: (.device, nil)
        case .reason: (.reason, nil)
        case .http: (.http, nil)
        case .attempts: (.attempts, nil)
        // Older is made earlier.
        case .age where sign == ">": (.older, .before)
        case .age where sign == ">=": (.older, .upTo)
        case .age where sign == "<": (.younger, .after)
        case .age: (.younger, nil)
        case .due where sign == "<": (.dueBefore, .before)
        case .due where sign == "<=": (.dueBefore, .upTo)
        case .due where sign == ">": (.dueBefore, .after)
        case .due: (.dueBefore, .from)
        }
    }

    // MARK: - Characters

    private var isAtEnd: Bool { at == characters.count }

    private func expected(_ what: String) -> FilterExpression.MisplacedError {
        MisplacedError(position: at + 1, expected: what)
    }

    private mutating func skipBlanks() { while at < characters.count, characters[at].isWhitespace { at += 1 } }

    private mutating func word() -> String {
        let start = at
        while at < characters.count, characters[at].isASCII, characters[at].isLetter { at += 1 }
        return String(characters[start..<at])
    }

    private mutating func sign(of field: Field) throws(FilterExpression.MisplacedError) -> String {
        let start = at
        while at < characters.count, at - start < 2, "=!~<>".contains(characters[at]) { at += 1 }
        let sign = String(characters[start..<at])
        guard field.operators.contains(sign) else {
            at = start
            throw expected("one of \(field.operators.joined(separator: " ")) after \(field.rawValue)")
        }
        return sign
    }

    private mutating func values() throws(FilterExpression.MisplacedError) -> [String] {
        guard !isAtEnd else { throw expected("a value") }
        let quote = characters[at]
        if quote == "'" || quote == "\"" {
            let start = at
            guard let end = characters[(at + 1)...].firstIndex(of: quote) else { throw expected("a closing quote") }
            at = end + 1
            guard end > start + 1 else { throw MisplacedError(position: start + 1, expected: "a value") }
            return [String(characters[(start + 1)..<end])]
        }
        let start = at
        while at < characters.count, !characters[at].isWhitespace { at += 1 }
        let values = characters[start..<at].split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
        guard !values.contains("") else {
            throw MisplacedError(position: start + 1, expected: "values with one comma between them")
        }
        return values
    }
}
