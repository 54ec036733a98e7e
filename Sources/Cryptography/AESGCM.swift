internal import COpenSSL
import Synchronization

/// AES in Galois/Counter Mode [NIST SP 800-38D] under one key of 16 or 32 bytes, with nonces of 12 bytes and tags of 16.
///
/// Made once for a key, since the key schedule stays and only the nonce changes from one operation to the next: a new context costs 0.4 µs,
/// an operation 0.3. From any thread; two operations under one key wait for one another, which is less than a microsecond.
package final class AESGCM: Sendable {
    package static let nonceBytes = 12
    package static let tagBytes = 16

    private let context: Mutex<Context>

    package init(_ key: SymmetricKey) {
        context = Mutex(Context(key))
    }

    /// Writes ciphertext and tag: ``tagBytes`` more than `plaintext` has, which may be the beginning of `output` itself. A nonce serves
    /// once under a key.
    package func seal(
        _ plaintext: UnsafeRawBufferPointer,
        nonce: UnsafeRawBufferPointer,
        authenticating bound: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) {
        precondition(output.count == plaintext.count + Self.tagBytes, "The tag stands behind the ciphertext")
        let isSealed = context.withLock { context in
            context.begin(nonce: nonce, authenticating: bound, encrypts: true)
                && context.transform(plaintext, into: output.baseAddress)
                && context.endSealing(tag: output.baseAddress.map { $0 + plaintext.count })
        }
        // With a key and lengths that fit it cannot fail.
        precondition(isSealed, "AES-GCM sealed nothing")
    }

    /// Writes the plaintext: ``tagBytes`` less than `sealed` has, which is ciphertext and tag.
    ///
    /// - Throws: `notAuthentic` only; nothing of the plaintext is left in `output` then.
    package func open(
        _ sealed: UnsafeRawBufferPointer,
        nonce: UnsafeRawBufferPointer,
        authenticating bound: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CryptographyError) {
        let count = sealed.count - Self.tagBytes
        guard count >= 0, nonce.count == Self.nonceBytes else { throw .notAuthentic }
        precondition(output.count >= count, "The plaintext needs room")
        let isGenuine = context.withLock { context in
            context.begin(nonce: nonce, authenticating: bound, encrypts: false)
                && context.transform(UnsafeRawBufferPointer(rebasing: sealed[..<count]), into: output.baseAddress)
                && context.endOpening(tag: UnsafeRawBufferPointer(rebasing: sealed[count...]))
        }
        if isGenuine { return }
        OPENSSL_cleanse(output.baseAddress, count)
        ErrorQueue.clear()
        throw .notAuthentic
    }

    package func seal(_ plaintext: [UInt8], nonce: [UInt8], authenticating bound: [UInt8] = []) -> [UInt8] {
        let count = plaintext.count + Self.tagBytes
        return [UInt8](unsafeUninitializedCapacity: count) { output, filled in
            plaintext.withUnsafeBytes { plaintext in
                nonce.withUnsafeBytes { nonce in
                    bound.withUnsafeBytes { bound in
                        seal(
                            plaintext,
                            nonce: nonce,
                            authenticating: bound,
                            into: UnsafeMutableRawBufferPointer(
                                rebasing: UnsafeMutableRawBufferPointer(output)[..<count]
                            )
                        )
                    }
                }
            }
            filled = count
        }
    }
}
