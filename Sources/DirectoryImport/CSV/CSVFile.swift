/// A CSV file whose encoding and separator were found out. Blocking.
struct CSVFile {
    let name: String
    let header: [String]
    private let path: String
    private let encoding: CSVEncoding
    private let separator: UInt8
    private let limits: CSVReader.Limits

    /// Reads the file once for its encoding, and its header with each separator until one gives a header that is known.
    ///
    /// - Parameters:
    ///   - path: a plain file.
    ///   - limits: bounds of a record.
    ///   - isKnown: whether the cells are a header that is meant.
    /// - Throws: ``ExportError/unexpected(file:line:what:)`` when no separator gives a known header; ``ExportError``.
    init(
        path: String,
        limits: CSVReader.Limits = CSVReader.Limits(),
        isKnown: ([String]) -> Bool
    ) throws {
        self.path = path
        self.limits = limits
        name = InputFile.baseName(of: path)
        encoding = try Self.encoding(of: path)
        for separator in [UInt8(ascii: ";"), UInt8(ascii: ","), UInt8(ascii: "\t")] {
            guard let cells = try Self.header(of: path, separator, encoding, limits), isKnown(cells) else { continue }
            self.separator = separator
            header = cells
            return
        }
        throw ExportError.unexpected(
            file: name,
            line: 1,
            what:
                "The first line is the header of none of the three extractions of ONDE (pupils, responsables, teachers): "
                + "export the file again and leave its first line as it is."
        )
    }

    /// - Returns: the most bytes that waited in the reader.
    func read(_ body: (CSVRecord) throws -> Void) throws -> Int {
        let input = try InputFile(path: path)
        var reader = CSVReader(file: name, separator: separator, encoding: encoding, limits: limits)
        try reader.read(from: { try input.read(into: $0) }, body)
        return reader.peakBytes
    }

    private static func encoding(of path: String) throws(ExportError) -> CSVEncoding {
        let input = try InputFile(path: path)
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: InputFile.chunkBytes, alignment: 16)
        defer { chunk.deallocate() }
        var probe = EncodingProbe()
        while case let count = try input.read(into: chunk), count > 0 {
            probe.take(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
        }
        return try probe.encoding(of: input.name)
    }

    private struct HeaderFound: Error { let cells: [String] }

    /// nil where the file begins with no record, seen with this separator.
    private static func header(
        of path: String,
        _ separator: UInt8,
        _ encoding: CSVEncoding,
        _ limits: CSVReader.Limits
    ) throws -> [String]? {
        let input = try InputFile(path: path)
        var reader = CSVReader(file: input.name, separator: separator, encoding: encoding, limits: limits)
        do {
            try reader.read(from: { try input.read(into: $0) }) { record in
                throw HeaderFound(cells: (0..<record.count).map { record.text($0) ?? "" })
            }
        } catch let found as HeaderFound { return found.cells } catch ExportError.unexpected {
            return nil
        } catch ExportError.endsEarly { return nil }
        return nil
    }
}
