package import Domain

/// Why an export was refused. Whatever the case, nothing of the export may be applied.
///
/// `file` is the name inside the export, `line` and `column` count from 1. No text of a record is ever part of it.
package enum ExportError: Error, Hashable, Sendable {
    /// The XML breaks its grammar; `what` is the parser's reason.
    case notWellFormed(file: String, line: Int, column: Int, what: String)
    /// The file stops inside an element: cut while it was written or sent.
    case endsEarly(file: String, line: Int)
    /// The declared encoding is unknown or contradicts the bytes.
    case encoding(file: String, line: Int, what: String)
    case tooDeep(file: String, line: Int, limit: Int)
    /// Something that can grow passed its limit; `what` names it.
    case tooLarge(file: String, line: Int, what: String, limit: Int)
    /// An internal entity grows without measure, or there are too many of them.
    case entityExpansion(file: String, line: Int)
    /// An entity stands for another file, which is never fetched.
    case externalEntity(file: String, line: Int)
    /// Well-formed, but not what the format says; `what` is a sentence.
    case unexpected(file: String, line: Int, what: String)
    /// Lines or records of one file that cannot be taken; one is enough to refuse the file.
    case records(RecordFaults)
    /// The export lacks a category of files without which it cannot be a complete one.
    case missing(what: String)
    /// The system refused to open, read or write a file; `code` is its `errno`.
    case unreadable(file: String, code: Int32)
    /// The archive is damaged or holds what an export never holds; `entry` is empty when no entry is to blame.
    case archive(entry: String, what: String)
}

extension ExportError {
    /// What the sentence has no room for: one warning for each fault that was kept.
    package var warnings: [ImportWarning] {
        if case .records(let faults) = self { faults.warnings } else { [] }
    }
}

extension ExportError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notWellFormed(let file, let line, let column, let what):
            "\(file):\(line):\(column): not well-formed: \(what)"
        case .endsEarly(let file, let line): "\(file):\(line): the file ends early"
        case .encoding(let file, let line, let what): "\(file):\(line): encoding: \(what)"
        case .tooDeep(let file, let line, let limit): "\(file):\(line): more than \(limit) elements inside each other"
        case .tooLarge(let file, let line, let what, let limit): "\(file):\(line): \(what) over the limit of \(limit)"
        case .entityExpansion(let file, let line): "\(file):\(line): entities expand without measure"
        case .externalEntity(let file, let line): "\(file):\(line): an entity stands for another file"
        case .unexpected(let file, let line, let what): "\(file):\(line): \(what)"
        case .records(let faults): faults.description
        case .missing(let what): "the export has no \(what)"
        case .unreadable(let file, let code): "\(file): cannot be read or written (errno \(code))"
        case .archive(let entry, let what): entry.isEmpty ? "archive: \(what)" : "archive, \(entry): \(what)"
        }
    }
}
