internal import COpenSSL

extension AESGCM {
    /// OpenSSL's object with the key schedule. Each verb is false when the library refuses.
    ///
    /// `@unchecked Sendable`: of no thread, and keeps nothing of what it is handed; one at a time uses it, under the lock.
    struct Context: ~Copyable, @unchecked Sendable {
        private let context: OpaquePointer

        init(_ key: SymmetricKey) {
            guard let context = EVP_CIPHER_CTX_new() else { preconditionFailure("No memory for a cipher") }
            self.context = context
            let isReady = key.withUnsafeBytes { bytes in
                let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
                return switch bytes.count {
                case 16: EVP_CipherInit_ex2(context, Ciphers.aes128.pointer, start, nil, 1, nil) == 1
                case 32: EVP_CipherInit_ex2(context, Ciphers.aes256.pointer, start, nil, 1, nil) == 1
                default: false
                }
            }
            precondition(isReady, "AES-GCM is used with keys of 16 and 32 bytes")
        }

        deinit { EVP_CIPHER_CTX_free(context) }

        /// The key stays: only nonce and direction are new.
        mutating func begin(nonce: UnsafeRawBufferPointer, authenticating bound: UnsafeRawBufferPointer, encrypts: Bool)
            -> Bool
        {
            guard nonce.count == AESGCM.nonceBytes, let count = Int32(exactly: bound.count) else { return false }
            guard EVP_CipherInit_ex2(context, nil, nil, Self.start(nonce), encrypts ? 1 : 0, nil) == 1 else {
                return false
            }
            var written: Int32 = 0
            return count == 0 || EVP_CipherUpdate(context, nil, &written, Self.start(bound), count) == 1
        }

        mutating func transform(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawPointer?) -> Bool {
            guard let count = Int32(exactly: bytes.count) else { return false }
            let output = output?.assumingMemoryBound(to: UInt8.self)
            var written: Int32 = 0
            return count == 0
                || EVP_CipherUpdate(context, output, &written, Self.start(bytes), count) == 1 && written == count
        }

        mutating func endSealing(tag: UnsafeMutableRawPointer?) -> Bool {
            var none: UInt8 = 0
            var written: Int32 = 0
            return EVP_CipherFinal_ex(context, &none, &written) == 1
                && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(AESGCM.tagBytes), tag) == 1
        }

        mutating func endOpening(tag: UnsafeRawBufferPointer) -> Bool {
            var none: UInt8 = 0
            var written: Int32 = 0
            // The library reads the tag only; its signature serves both ways.
            let start = UnsafeMutableRawPointer(mutating: tag.baseAddress)
            return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(AESGCM.tagBytes), start) == 1
                && EVP_CipherFinal_ex(context, &none, &written) == 1
        }

        private static func start(_ bytes: UnsafeRawBufferPointer) -> UnsafePointer<UInt8>? {
            bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        }
    }

    /// Looked up once: a look-up by name costs as much as sealing a message.
    ///
    /// `@unchecked Sendable`: an algorithm never changes and is never freed.
    private struct Ciphers: @unchecked Sendable {
        static let aes128 = Ciphers("AES-128-GCM")
        static let aes256 = Ciphers("AES-256-GCM")

        let pointer: OpaquePointer

        private init(_ name: String) {
            guard let cipher = EVP_CIPHER_fetch(nil, name, nil) else { preconditionFailure("OpenSSL has no \(name)") }
            pointer = cipher
        }
    }
}
