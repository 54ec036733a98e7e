internal import COpenSSL

/// HMAC with SHA-256 [RFC 2104] under one key: made once, used often. What the key's two blocks lead to is kept, so that a short text costs
/// two blocks instead of four.
///
/// `@unchecked Sendable`: both states are written by `init` and wiped by `deinit` only; codes are made on copies.
package final class HMACSHA256: @unchecked Sendable {
    package static let byteCount = SHA256.byteCount

    private var inner = SHA256()
    private var outer = SHA256()

    package init(_ key: SymmetricKey) { key.withUnsafeBytes { begin($0) } }

    private init(_ key: UnsafeRawBufferPointer) { begin(key) }

    deinit {
        OPENSSL_cleanse(&inner, MemoryLayout<SHA256>.size)
        OPENSSL_cleanse(&outer, MemoryLayout<SHA256>.size)
    }

    /// For keys that serve once.
    package static func code(of message: [UInt8], key: [UInt8]) -> [UInt8] {
        key.withUnsafeBytes { HMACSHA256($0) }.code(of: message)
    }

    /// 32 bytes.
    package func code(of message: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, filled in
            message.withUnsafeBytes { code(of: $0, into: UnsafeMutableRawBufferPointer(buffer)) }
            filled = Self.byteCount
        }
    }

    /// Writes the first 32 bytes of `output`; allocates nothing.
    package func code(of message: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) {
        var hash = inner
        hash.update(message)
        hash.finalize(into: output)
        hash = outer
        hash.update(UnsafeRawBufferPointer(rebasing: output[..<Self.byteCount]))
        hash.finalize(into: output)
    }

    /// In constant time; a code of another length is none.
    package func isCode(_ code: [UInt8], of message: [UInt8]) -> Bool {
        ConstantTime.areEqual(self.code(of: message), code)
    }

    private func begin(_ key: UnsafeRawBufferPointer) {
        withUnsafeTemporaryAllocation(byteCount: SHA256.blockBytes, alignment: 8) { block in
            block.initializeMemory(as: UInt8.self, repeating: 0)
            if key.count > SHA256.blockBytes {
                var hash = SHA256()
                hash.update(key)
                hash.finalize(into: block)
            } else {
                block.copyBytes(from: key)
            }
            for index in block.indices { block[index] ^= 0x36 }
            inner.update(UnsafeRawBufferPointer(block))
            for index in block.indices { block[index] ^= 0x36 ^ 0x5C }
            outer.update(UnsafeRawBufferPointer(block))
            OPENSSL_cleanse(block.baseAddress, block.count)
        }
    }
}
