internal import COpenSSL

/// SHA-256 [FIPS 180-4], a plain value: a copy goes on from where it was taken.
package struct SHA256: Sendable {
    package static let byteCount = 32
    /// Of the blocks it works through.
    static let blockBytes = 64

    private var state = SHA256_CTX()

    package init() { carillon_sha256_begin(&state) }

    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }

    /// Of its UTF-8.
    package static func hash(_ text: some StringProtocol) -> [UInt8] {
        var hash = SHA256()
        hash.update(text)
        return hash.finalize()
    }

    package mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    /// Of its UTF-8.
    package mutating func update(_ text: some StringProtocol) {
        let text = String(text)
        text.utf8.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) } ?? update(Array(text.utf8))
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        carillon_sha256_add(&state, bytes.baseAddress, bytes.count)
    }

    /// 32 bytes. Nothing may be added afterwards.
    package mutating func finalize() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, filled in
            finalize(into: UnsafeMutableRawBufferPointer(buffer))
            filled = Self.byteCount
        }
    }

    /// The first 32 bytes of `output`.
    package mutating func finalize(into output: UnsafeMutableRawBufferPointer) {
        precondition(output.count >= Self.byteCount, "A hash has 32 bytes")
        carillon_sha256_end(&state, output.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }
}
