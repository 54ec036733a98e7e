/// HKDF with SHA-256 [RFC 5869], its two steps.
package enum HKDF {
    /// The pseudo-random key, 32 bytes [§2.2].
    package static func extract(salt: [UInt8], inputKey: [UInt8]) -> [UInt8] {
        HMACSHA256.code(of: inputKey, key: salt)
    }

    /// `count` bytes, at most 8,160 [§2.3].
    package static func expand(_ pseudoRandomKey: [UInt8], info: [UInt8], count: Int) -> [UInt8] {
        precondition((0...255 * HMACSHA256.byteCount).contains(count), "HKDF gives at most 255 hashes")
        var output: [UInt8] = []
        var block: [UInt8] = []
        var number: UInt8 = 0
        while output.count < count {
            number += 1
            block = HMACSHA256.code(of: block + info + [number], key: pseudoRandomKey)
            output += block.prefix(count - output.count)
        }
        return output
    }
}
