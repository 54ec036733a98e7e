import Domain

/// What is wrong with one line; never quotes it.
enum LineError: Error {
    case notJSON(JSONError)
    case notUTF8(Int)
    case lineTooLong(Int)
    case notObject
    case missing(String)
    case notString(String)
    case tooLong(String)
    case unknownValue(String)
    case notDay(String)
    case onePlace
    case daysReversed
    case hiddenCharacters(String)
    case notPreference
    case notLanguage

    var sentence: String {
        switch self {
        case .notJSON(let error): "The line is not JSON (byte \(error.offset))."
        case .notUTF8(let offset): "The line is not UTF-8 (byte \(offset)): send the file as UTF-8."
        case .lineTooLong(let limit): "The line has more than \(limit) bytes."
        case .notObject: "The line is no JSON object."
        case .missing(let name): "`\(name)` is missing or empty."
        case .notString(let name): "`\(name)` is no string."
        case .tooLong(let name): "`\(name)` is too long."
        case .unknownValue(let name): "`\(name)` has a value that is not known."
        case .notDay(let name): "`\(name)` is no day of the form YYYY-MM-DD."
        case .onePlace: "A membership names exactly one of `class`, `group` and `school`."
        case .daysReversed: "`to` lies before `from`."
        case .hiddenCharacters(let name): "`\(name)` holds a control character or one that turns the direction of text."
        case .notPreference: "`preference` is no document of the ENT: an object, or the text of one, with `config`."
        case .notLanguage: "`language` is no language tag."
        }
    }
}

/// The members of one line, checked as they are read.
struct LineMembers {
    let object: JSONObject
    let keyBytesMax: Int
    /// A removal needs only what identifies the thing.
    var isRemoval = false

    init(object: JSONObject, keyBytesMax: Int) {
        self.object = object
        self.keyBytesMax = keyBytesMax
    }

    /// nil when absent or null.
    func text(_ name: String) throws(LineError) -> String? {
        guard let value = object[name], !value.isNull else { return nil }
        guard let text = value.string else { throw .notString(name) }
        return text
    }

    func required(_ name: String) throws(LineError) -> String {
        guard let text = try text(name), !text.isEmpty else { throw .missing(name) }
        return text
    }

    func operation() throws(LineError) -> DirectoryLine.Action {
        guard let operation = DirectoryLine.Action(rawValue: try required("op")) else { throw .unknownValue("op") }
        return operation
    }

    func key(_ name: String) throws(LineError) -> String {
        let key = try required(name)
        guard key.utf8.count <= keyBytesMax else { throw .tooLong(name) }
        return key
    }

    /// An id that no other line of the file can mend.
    func soundKey(_ name: String) throws(LineError) -> String {
        let key = try key(name)
        guard !key.holdsControl else { throw .hiddenCharacters(name) }
        return key
    }

    /// A key that only a removal may leave out; empty then.
    func wanted(_ name: String) throws(LineError) -> String {
        if isRemoval, try text(name) == nil { return "" }
        return try key(name)
    }

    /// A day `YYYY-MM-DD` [RFC 3339 §5.6: full-date].
    func day(_ name: String) throws(LineError) -> CalendarDay? {
        guard let text = try text(name) else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            let result = CalendarDay(year: year, month: month, day: day)
        else { throw .notDay(name) }
        return result
    }
}
