/// Something of a feed that was read with reserve; never stops an import.
package struct ImportWarning: Hashable, Sendable {
    /// File name inside the export.
    package var file: String
    /// 1-based line, 0 when unknown.
    package var line: Int
    /// The record's id in the feed; never a name.
    package var record: String
    /// Stable word: `unknownAttribute`, `classValue`, `guardianMissing`, ...
    package var code: String
    /// A sentence without names of persons.
    package var detail: String

    package init(file: String, line: Int, record: String, code: String, detail: String) {
        self.file = file
        self.line = line
        self.record = record.showingInvisible
        self.code = code
        self.detail = detail
    }
}
