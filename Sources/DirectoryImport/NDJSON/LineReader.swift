/// Cuts a stream of bytes into lines of bounded length.
///
/// Lines end with LF or CRLF, the last one also with the end; a byte order mark is dropped.
package struct LineReader {
    let file: String
    /// Without the line end.
    let lineBytesMax: Int
    /// The most bytes that waited for their line end; never more than a line and a piece of the file.
    package private(set) var peakBytes = 0

    package init(file: String, lineBytesMax: Int) {
        self.file = file
        self.lineBytesMax = lineBytesMax
    }

    /// - Parameters:
    ///   - fill: puts bytes at the start of the buffer and returns their number; 0 means the end.
    ///   - body: called with each line that is not blank and its number from 1; nil for a line that is too long.
    /// - Throws: ``ExportError/encoding(file:line:what:)`` for a file of UTF-16; what `fill` or `body` threw.
    package mutating func read(
        from fill: (UnsafeMutableRawBufferPointer) throws -> Int,
        _ body: (ArraySlice<UInt8>?, Int) throws -> Void
    ) throws {
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: InputFile.chunkBytes, alignment: 16)
        defer { chunk.deallocate() }
        var pending: [UInt8] = []
        var number = 0
        // Inside a line that is too long, whose bytes are passed over.
        var isPassing = false
        while true {
            let count = try fill(chunk)
            precondition(count >= 0 && count <= chunk.count, "A source never gives more than it was asked for")
            pending.append(contentsOf: chunk.prefix(count))
            peakBytes = max(peakBytes, pending.count)
            var start = 0
            while let end = pending[start...].firstIndex(of: UInt8(ascii: "\n")) {
                number += 1
                if isPassing { try body(nil, number) } else { try hand(pending[start..<end], number, body) }
                isPassing = false
                start = end + 1
            }
            pending.removeFirst(start)
            guard count > 0 else { break }
            // Four bytes more: a mark and the CR do not count.
            if isPassing || pending.count > lineBytesMax + 4 {
                isPassing = true
                pending.removeAll(keepingCapacity: true)
            }
        }
        if isPassing { try body(nil, number + 1) } else if !pending.isEmpty { try hand(pending[...], number + 1, body) }
    }

    private func hand(
        _ line: ArraySlice<UInt8>,
        _ number: Int,
        _ body: (ArraySlice<UInt8>?, Int) throws -> Void
    ) throws {
        var line = line
        if number == 1 {
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
            guard !line.starts(with: [0xFF, 0xFE]), !line.starts(with: [0xFE, 0xFF]) else {
                throw ExportError.encoding(file: file, line: 1, what: "the file is UTF-16; send it as UTF-8")
            }
        }
        if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
        guard line.count <= lineBytesMax else { return try body(nil, number) }
        guard line.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }) else { return }
        try body(line, number)
    }
}
