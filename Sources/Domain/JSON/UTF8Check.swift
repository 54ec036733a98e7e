/// Tells where a text stops being UTF-8 [Unicode 15, table 3-7: well-formed byte sequences].
package enum UTF8Check {
    /// - Throws: `notUTF8` with the offset of the first byte of the first ill-formed sequence.
    static func run(_ bytes: UnsafeRawBufferPointer) throws(JSONError) {
        if let offset = firstFault(in: bytes) { throw JSONError(.notUTF8, at: offset) }
    }

    /// nil when all is UTF-8.
    package static func firstFault(in bytes: UnsafeRawBufferPointer) -> Int? {
        var position = 0
        while position < bytes.count {
            // Eight ASCII bytes at a time: nearly all of an event is ASCII.
            if position + 8 <= bytes.count,
                bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                position += 8
                continue
            }
            if bytes[position] < 0x80 {
                position += 1
                continue
            }
            guard let length = sequenceLength(bytes, at: position) else { return position }
            position += length
        }
        return nil
    }

    private static func sequenceLength(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Int? {
        let lead = bytes[position]
        let length: Int
        let second: ClosedRange<UInt8>
        switch lead {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        default: return nil
        }
        guard position + length <= bytes.count, second.contains(bytes[position + 1]) else { return nil }
        for index in 2..<max(length, 2) where bytes[position + index] & 0xC0 != 0x80 { return nil }
        return length
    }
}
