import Domain

/// What strings weigh once ``JSONWriter`` has escaped them.
enum JSONText {
    /// Bytes of the escaped form, without quotes [RFC 8259 §7]; equal to what `JSONWriter.appendUnquoted` writes.
    static func escapedCount(of bytes: some Sequence<UInt8>) -> Int {
        var count = 0
        for byte in bytes { count += escapedCount(of: byte) }
        return count
    }

    static func escapedCount(of byte: UInt8) -> Int {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): 2
        case 0x08, 0x09, 0x0A, 0x0C, 0x0D: 2
        case 0..<0x20: 6
        default: 1
        }
    }

    /// The escaped form of UTF-8 bytes, without quotes. Copies in one piece when nothing needs an escape, as in every id.
    static func appendEscaped(_ bytes: Span<UInt8>, to buffer: inout [UInt8]) {
        bytes.withUnsafeBufferPointer { bytes in
            if isPlain(bytes) {
                buffer.append(contentsOf: bytes)
            } else {
                JSONWriter.appendUnquoted(String(decoding: bytes, as: UTF8.self), to: &buffer)
            }
        }
    }

    /// Nothing needs an escape. Without branches, so that the compiler compares many bytes at once: it runs over every
    /// token of every delivery.
    private static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var found: UInt8 = 0
        for byte in bytes {
            found |= byte < 0x20 ? 1 : 0
            found |= byte == UInt8(ascii: "\"") ? 1 : 0
            found |= byte == UInt8(ascii: "\\") ? 1 : 0
        }
        return found == 0
    }

    /// The longest beginning of `text` that weighs at most `bytesMax` escaped bytes, cut between characters (grapheme
    /// clusters) and closed with `…`. Empty when not even one character fits.
    static func cut(_ text: String, toEscapedBytes bytesMax: Int) -> String {
        guard escapedCount(of: text.utf8) > bytesMax else { return text }
        var room = bytesMax - "…".utf8.count
        var end = text.startIndex
        while end < text.endIndex {
            room -= escapedCount(of: text[end].utf8)
            guard room >= 0 else { break }
            end = text.index(after: end)
        }
        let kept = text[..<end]
        guard let last = kept.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return kept[...last] + "…"
    }
}
