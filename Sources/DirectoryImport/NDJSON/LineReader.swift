/// Cuts a stream of bytes into lines of bounded length.
///
/// Lines end with LF or CRLF, the last one also with the end; a byte order mark is dropped.
struct LineReader {
    let file: String
    /// Without the line end; beyond: ``DeliveryError/tooLarge(file:line:what:limit:)``.
    let lineBytesMax: Int

    /// - Parameters:
    ///   - fill: puts bytes at the start of the buffer and returns their number; 0 means the end.
    ///   - body: called with each line that is not blank and its number from 1.
    /// - Throws: ``DeliveryError/tooLarge(file:line:what:limit:)``; what `fill` or `body` threw.
    func read(
        from fill: (UnsafeMutableRawBufferPointer) throws -> Int,
        _ body: (ArraySlice<UInt8>, Int) throws -> Void
    ) throws {
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: InputFile.chunkBytes, alignment: 16)
        defer { chunk.deallocate() }
        var pending: [UInt8] = []
        var number = 0
        while true {
            let count = try fill(chunk)
            precondition(count >= 0 && count <= chunk.count, "A source never gives more than it was asked for")
            pending.append(contentsOf: chunk.prefix(count))
            var start = 0
            while let end = pending[start...].firstIndex(of: UInt8(ascii: "\n")) {
                number += 1
                try hand(pending[start..<end], number, body)
                start = end + 1
            }
            pending.removeFirst(start)
            guard count > 0 else { break }
            // Four bytes more: a mark and the CR do not count.
            guard pending.count <= lineBytesMax + 4 else { throw tooLong(number + 1) }
        }
        if !pending.isEmpty { try hand(pending[...], number + 1, body) }
    }

    private func hand(
        _ line: ArraySlice<UInt8>,
        _ number: Int,
        _ body: (ArraySlice<UInt8>, Int) throws -> Void
    ) throws {
        var line = line
        if number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
        guard line.count <= lineBytesMax else { throw tooLong(number) }
        guard line.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }) else { return }
        try body(line, number)
    }

    private func tooLong(_ number: Int) -> DeliveryError {
        .tooLarge(file: file, line: number, what: "one line", limit: lineBytesMax)
    }
}
