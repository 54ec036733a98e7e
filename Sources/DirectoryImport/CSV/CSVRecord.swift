/// One record of a CSV file; valid while the reader's caller is at it.
struct CSVRecord {
    /// 0 for the header, 1 for the first record of data; blank ones are not counted.
    let number: Int
    /// Where it begins, from 1.
    let line: Int
    /// False for a record that ends with the file.
    let hasLineEnd: Bool
    let encoding: CSVEncoding
    /// The cells one behind the other, without their quotes.
    fileprivate let bytes: [UInt8]
    /// Where each cell ends in `bytes`.
    fileprivate let ends: [Int]

    init(number: Int, line: Int, hasLineEnd: Bool, encoding: CSVEncoding, bytes: [UInt8], ends: [Int]) {
        self.number = number
        self.line = line
        self.hasLineEnd = hasLineEnd
        self.encoding = encoding
        self.bytes = bytes
        self.ends = ends
    }

    var count: Int { ends.count }

    /// White space around is gone; empty for a column that is not there; nil for bytes that are no text.
    func text(_ column: Int) -> String? {
        guard column < ends.count else { return "" }
        let start = column == 0 ? 0 : ends[column - 1]
        return encoding.text(bytes[start..<ends[column]])?.trimmingWhiteSpace()
    }

    func isBlank(_ column: Int) -> Bool {
        guard column < ends.count else { return true }
        let start = column == 0 ? 0 : ends[column - 1]
        return bytes[start..<ends[column]].allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    var isBlank: Bool { ends.indices.allSatisfy { isBlank($0) } }
}
