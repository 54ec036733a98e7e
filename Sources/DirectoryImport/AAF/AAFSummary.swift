package import Domain

/// What one reading of an export met.
package struct AAFSummary: Hashable, Sendable {
    package private(set) var additions = 0
    package private(set) var modifications = 0
    package private(set) var removals = 0
    package var warnings: ImportWarnings
    /// The latest `dateGenerationExport` of the files' headers.
    package private(set) var generatedOn: CalendarDay?
    /// The first `versionAF`, at most 64 characters.
    package private(set) var version: String?

    init(warningsMax: Int) { warnings = ImportWarnings(limit: warningsMax) }

    mutating func count(_ action: AAFOperation.Action) {
        switch action {
        case .add: additions += 1
        case .modify: modifications += 1
        case .remove: removals += 1
        }
    }

    /// Reads a header comment, ` name="value" `; any other comment says nothing.
    ///
    /// - Throws: ``ExportError/unexpected(file:line:what:)`` for an export of the second degree, whose attributes
    ///   have other names and would leave every pupil without class and guardian.
    mutating func take(header comment: String, file: String, day: inout CalendarDay?) throws(ExportError) {
        let parts = comment.trimmingWhiteSpace().split(separator: "=", maxSplits: 1)
        guard parts.count == 2, parts[1].hasPrefix("\""), parts[1].hasSuffix("\""), parts[1].utf8.count >= 2 else {
            return
        }
        let value = parts[1].dropFirst().dropLast()
        switch parts[0].trimmingWhiteSpace() {
        case "versionAF" where version == nil:
            version = String(value.prefix(64))
        case "dateGenerationExport":
            guard let date = CalendarDay(french: value) else { return }
            day = date
            generatedOn = max(generatedOn ?? date, date)
        case "degre" where value == "2D":
            throw .unexpected(file: file, line: 0, what: "The file is of the second degree (2D).")
        default: break
        }
    }
}

/// Counts the attributes and elements nobody told us of: one warning per name, with the first place it was seen.
struct UnknownNames {
    /// Names told apart; further ones are counted together.
    static let namesMax = 256

    private var counts: [AAFRequestParser.Unknown: Int] = [:]
    private var first: [(name: AAFRequestParser.Unknown, file: String, line: Int, record: String)] = []
    private var others = 0

    mutating func count(_ name: AAFRequestParser.Unknown, file: String, line: Int, record: String) {
        if counts[name] != nil {
            counts[name, default: 0] += 1
        } else if first.count < Self.namesMax {
            counts[name] = 1
            first.append((name, file, line, record))
        } else {
            others += 1
        }
    }

    var warnings: [ImportWarning] {
        var warnings = first.map { seen in
            let count = counts[seen.name] ?? 0
            let (code, detail) =
                switch seen.name {
                case .attribute(let name):
                    ("unknownAttribute", "Attribute \(name.prefix(64)) is unknown, \(count) times.")
                case .element(let name): ("unknownElement", "Element \(name.prefix(64)) is unknown, \(count) times.")
                }
            let record = String(seen.record.prefix(64))
            return ImportWarning(file: seen.file, line: seen.line, record: record, code: code, detail: detail)
        }
        if others > 0 {
            let detail = "Further unknown attributes and elements, \(others) times."
            warnings.append(ImportWarning(file: "", line: 0, record: "", code: "unknownAttribute", detail: detail))
        }
        return warnings
    }
}
