import Domain

/// The cells of one record as they are taken, with what was found wrong.
struct ONDECells {
    let record: CSVRecord
    /// The record cannot be taken, nor its file.
    private(set) var faults: [String] = []
    /// Code and detail.
    private(set) var warnings: [(String, String)] = []

    init(record: CSVRecord) { self.record = record }

    mutating func warn(_ code: String, _ detail: String) { warnings.append((code, detail)) }

    /// Empty for a column that is not there.
    mutating func text(_ column: Int?) -> String {
        guard let column else { return "" }
        guard let text = record.text(column) else {
            faults.append("Record \(record.number), column \(column + 1): bytes that are no character.")
            return ""
        }
        return unwrapped(text, column)
    }

    /// A name or a label: one that is longer than any is a fault of the file.
    mutating func name(_ column: Int?) -> String {
        let text = text(column)
        guard text.utf8.count <= ONDEReader.nameBytesMax else {
            let limit = ONDEReader.nameBytesMax
            faults.append("Record \(record.number), column \((column ?? 0) + 1): longer than \(limit) bytes.")
            return ""
        }
        guard !text.holdsControl else {
            faults.append(
                "Record \(record.number), column \((column ?? 0) + 1): a line end or control character in a name."
            )
            return ""
        }
        return text
    }

    /// Spreadsheets write `="0123"` to keep zeros. Any other formula is text to us, as a name never begins so.
    private mutating func unwrapped(_ text: String, _ column: Int) -> String {
        guard let first = text.utf8.first, first == UInt8(ascii: "=") || first == UInt8(ascii: "@") else { return text }
        if text.hasPrefix("=\""), text.hasSuffix("\""), text.utf8.count >= 3 {
            let inner = text.dropFirst(2).dropLast()
            if !inner.utf8.contains(UInt8(ascii: "\"")) { return inner.trimmingWhiteSpace() }
        }
        warn(
            "formula",
            "Column \(column + 1) holds a formula: it was taken as text. Export the file from ONDE, not from a spreadsheet."
        )
        return text
    }
}
