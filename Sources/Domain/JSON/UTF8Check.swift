/// Tells where a text stops being UTF-8 [Unicode 15, table 3-7: well-formed byte sequences].
enum UTF8Check {
    /// - Throws: `notUTF8` with the offset of the first byte of the first ill-formed sequence.
    static func run(_ bytes: UnsafeRawBufferPointer) throws(JSONError) {
        if let offset = firstFault(in: bytes) { throw JSONError(.notUTF8, at: offset) }
    }

    /// nil when all is UTF-8.
    static func firstFault(in bytes: UnsafeRawBufferPointer) -> Int? {
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.assumingMemoryBound(to: UInt8.self).span)
            return nil
        } catch {
            return error.byteOffsets.lowerBound
        }
    }
}
