/// Cuts a CSV file into records, in bounded memory [RFC 4180].
///
/// Beyond the RFC: any separator; lines that end with CRLF, LF or CR, mixed; blanks behind a closing quote; a quote inside a cell without
/// quotes is a letter like any other. What follows a closing quote must be the next cell: a quote that was opened by mistake would else
/// swallow the records behind it.
struct CSVReader {
    struct Limits: Hashable, Sendable {
        /// Bytes of a cell; a name or an address has a hundred.
        var cellBytesMax = 32 * 1024
        /// Bytes of a record.
        var recordBytesMax = 256 * 1024
        var columnsMax = 1000
    }

    let file: String
    let separator: UInt8
    let encoding: CSVEncoding
    let limits: Limits
    /// The most bytes a record had; nothing else waits in the reader.
    private(set) var peakBytes = 0

    private enum Place { case start, plain, quoted, behindQuote }

    private var place = Place.start
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var line = 1
    private var recordLine = 1
    private var number = -1
    private var isBehindCR = false
    /// The mark at the start of the file, as far as it was met.
    private var markBytes = 0

    init(file: String, separator: UInt8, encoding: CSVEncoding, limits: Limits = Limits()) {
        self.file = file
        self.separator = separator
        self.encoding = encoding
        self.limits = limits
    }

    /// - Parameters:
    ///   - fill: puts bytes at the start of the buffer and returns their number; 0 means the end.
    ///   - body: called with each record that is not blank, the header first.
    /// - Throws: ``ExportError``; what `fill` or `body` threw.
    mutating func read(
        from fill: (UnsafeMutableRawBufferPointer) throws -> Int,
        _ body: (CSVRecord) throws -> Void
    ) throws {
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: InputFile.chunkBytes, alignment: 16)
        defer { chunk.deallocate() }
        while case let count = try fill(chunk), count > 0 {
            for byte in chunk.prefix(count) { try take(byte, body) }
        }
        if place == .quoted { throw ExportError.endsEarly(file: file, line: recordLine) }
        if place != .start || !ends.isEmpty { try endRecord(hasLineEnd: false, body) }
    }

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private mutating func take(_ byte: UInt8, _ body: (CSVRecord) throws -> Void) throws {
        if markBytes < 3 {
            if byte == Self.mark[markBytes] {
                markBytes += 1
                return
            }
            let met = markBytes
            markBytes = 3
            for byte in Self.mark.prefix(met) { try take(byte, body) }
        }
        if place == .quoted { return try takeQuoted(byte) }
        switch byte {
        case UInt8(ascii: "\n"):
            defer { isBehindCR = false }
            if isBehindCR { return }
            line += 1
            try endRecord(hasLineEnd: true, body)
            return
        case UInt8(ascii: "\r"):
            line += 1
            try endRecord(hasLineEnd: true, body)
            isBehindCR = true
            return
        default: isBehindCR = false
        }
        if byte == separator { return try endCell() }
        switch place {
        case .behindQuote:
            guard byte != UInt8(ascii: "\"") else {
                place = .quoted
                return try append(byte)
            }
            guard byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") else {
                let what = "Record \(number + 1) has a quote that is neither doubled nor the end of its cell."
                throw ExportError.unexpected(file: file, line: line, what: what)
            }
        case .start where byte == UInt8(ascii: "\""): place = .quoted
        default:
            place = .plain
            try append(byte)
        }
    }

    private mutating func takeQuoted(_ byte: UInt8) throws(ExportError) {
        if byte == UInt8(ascii: "\"") {
            place = .behindQuote
            return
        }
        if byte == UInt8(ascii: "\n") { line += 1 }
        try append(byte)
    }

    private mutating func append(_ byte: UInt8) throws(ExportError) {
        bytes.append(byte)
        guard bytes.count - (ends.last ?? 0) <= limits.cellBytesMax else {
            throw .tooLarge(file: file, line: recordLine, what: "one cell", limit: limits.cellBytesMax)
        }
        guard bytes.count <= limits.recordBytesMax else {
            throw .tooLarge(file: file, line: recordLine, what: "one record", limit: limits.recordBytesMax)
        }
    }

    private mutating func endCell() throws(ExportError) {
        ends.append(bytes.count)
        place = .start
        guard ends.count <= limits.columnsMax else {
            throw .tooLarge(file: file, line: recordLine, what: "columns", limit: limits.columnsMax)
        }
    }

    private mutating func endRecord(hasLineEnd: Bool, _ body: (CSVRecord) throws -> Void) throws {
        try endCell()
        peakBytes = max(peakBytes, bytes.count)
        let record = CSVRecord(
            number: number + 1,
            line: recordLine,
            hasLineEnd: hasLineEnd,
            encoding: encoding,
            bytes: bytes,
            ends: ends
        )
        if !record.isBlank {
            number += 1
            try body(record)
        }
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        recordLine = line
    }
}
