internal import Domain
internal import Logging

/// One entry and its two written forms; both end in a line feed and hold no other.
struct LogLine {
    let milliseconds: Int64
    let level: Logger.Level
    let label: String
    let message: String
    let metadata: Logger.Metadata

    /// `{"ts":…,"level":…,"logger":…,"message":…,"metadata":{…}}`, metadata sorted by key.
    var json: String {
        var line =
            "{\"ts\":\"\(UTCTime.rfc3339(milliseconds: milliseconds))\",\"level\":\"\(level.rawValue)\",\"logger\":"
        Self.appendQuoted(label, to: &line)
        line += ",\"message\":"
        Self.appendQuoted(message, to: &line)
        if !metadata.isEmpty {
            line += ",\"metadata\":"
            Self.appendObject(metadata, to: &line)
        }
        return line + "}\n"
    }

    /// `ts level logger message key=value`; a value with blanks, quotes or control characters is quoted as in JSON.
    var text: String {
        var line = "\(UTCTime.rfc3339(milliseconds: milliseconds)) \(level.rawValue) \(label) "
        line += Self.isPlain(message, blanks: true) ? message : Self.quoted(message)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            let text = "\(value)"
            line += " \(Self.isPlain(key, blanks: false) ? key : Self.quoted(key))="
            line += Self.isPlain(text, blanks: false) && !text.isEmpty ? text : Self.quoted(text)
        }
        return line + "\n"
    }

    private static func appendObject(_ metadata: Logger.Metadata, to line: inout String) {
        line += "{"
        for (index, pair) in metadata.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { line += "," }
            appendQuoted(pair.key, to: &line)
            line += ":"
            append(pair.value, to: &line)
        }
        line += "}"
    }

    private static func append(_ value: Logger.MetadataValue, to line: inout String) {
        switch value {
        case .string(let text):
            appendQuoted(text, to: &line)
        case .stringConvertible(let other):
            appendQuoted("\(other)", to: &line)
        case .dictionary(let metadata):
            appendObject(metadata, to: &line)
        case .array(let values):
            line += "["
            for (index, value) in values.enumerated() {
                if index > 0 { line += "," }
                append(value, to: &line)
            }
            line += "]"
        }
    }

    private static func quoted(_ text: String) -> String {
        var line = ""
        appendQuoted(text, to: &line)
        return line
    }

    /// A JSON string [RFC 8259 §7]. What a terminal obeys or what turns the reading order is escaped, too.
    private static func appendQuoted(_ text: String, to line: inout String) {
        line += "\""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22: line += "\\\""
            case 0x5C: line += "\\\\"
            case 0x0A: line += "\\n"
            case 0x0D: line += "\\r"
            case 0x09: line += "\\t"
            case _ where scalar.isHidden: line += String(scalar).escapingHidden()
            default: line.unicodeScalars.append(scalar)
            }
        }
        line += "\""
    }

    private static func isPlain(_ text: String, blanks: Bool) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x20: blanks
            case 0x22, 0x5C: false
            case _ where scalar.isHidden: false
            case 0x3D: blanks
            default: true
            }
        }
    }
}
