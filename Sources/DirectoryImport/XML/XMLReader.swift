import CExpat

/// Reads one XML 1.0 file as a stream of events, whatever its size, with expat.
///
/// Promises: nothing but the given bytes is ever read (no DTD, no entity file); entity expansion is bounded; entities
/// of HTML need no declaration. A byte order mark wins over the declaration. Encodings: UTF-8 (also without a
/// declaration), UTF-16, US-ASCII, ISO-8859-1, ISO-8859-15, windows-1252.
package struct XMLReader {
    private let file: String
    private let limits: XMLLimits

    /// - Parameters:
    ///   - file: name for errors; nothing is opened.
    ///   - limits: bounds of the file.
    package init(file: String, limits: XMLLimits = XMLLimits()) {
        self.file = file
        self.limits = limits
    }

    /// Reads to the end of the file; blocks as long as `fill` does.
    ///
    /// - Parameters:
    ///   - fill: puts bytes at the start of the buffer and returns their number; 0 means the end.
    ///   - handler: called once per event; what it throws ends the reading and is thrown on.
    /// - Throws: ``ExportError``, or what `fill` or `handler` threw.
    package func read(
        from fill: (UnsafeMutableRawBufferPointer) throws -> Int,
        handler: (XMLEvent) throws -> Void
    ) throws {
        try withoutActuallyEscaping(handler) { handler in
            guard let parser = XML_ParserCreate(nil) else {
                throw ExportError.tooLarge(file: file, line: 0, what: "memory", limit: 0)
            }
            defer { XML_ParserFree(parser) }
            let session = XMLSession(parser: parser, file: file, limits: limits, handler: handler)
            try withExtendedLifetime(session) { try feed(session, from: fill) }
        }
    }

    private func feed(_ session: XMLSession, from fill: (UnsafeMutableRawBufferPointer) throws -> Int) throws {
        var isFirst = true
        while true {
            let chunkBytes = InputFile.chunkBytes
            guard let raw = XML_GetBuffer(session.parser, Int32(chunkBytes)) else { throw session.parserFailure() }
            let buffer = UnsafeMutableRawBufferPointer(start: raw, count: chunkBytes)
            var count = try fill(buffer)
            if isFirst {
                // A mark is three bytes: they are waited for, however small the pieces are.
                while count < 3, case let more = try fill(.init(rebasing: buffer[count...])), more > 0 { count += more }
                if buffer.prefix(count).starts(with: [0xEF, 0xBB, 0xBF]) { XML_SetEncoding(session.parser, "UTF-8") }
                isFirst = false
            }
            precondition(count >= 0 && count <= chunkBytes, "A source never gives more than it was asked for")
            try session.parse(count)
            if count == 0 { return }
        }
    }
}
