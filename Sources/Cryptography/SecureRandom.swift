internal import COpenSSL

/// Random bytes that nobody can foretell, of the library's generator, which is seeded by the kernel and knows a fork.
package enum SecureRandom {
    package static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            fill(UnsafeMutableRawBufferPointer(buffer))
            filled = count
        }
    }

    package static func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        let ended = RAND_bytes(buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(buffer.count))
        precondition(ended == 1, "The kernel gives no random bytes; nothing may be sealed or signed without them")
    }
}
