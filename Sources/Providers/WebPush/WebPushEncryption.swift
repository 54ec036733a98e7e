package import Cryptography
import Domain

/// The encrypted body of a push message [RFC 8291; RFC 8188]: one record of `aes128gcm`, made for one subscription.
///
/// The text is padded to one of four sizes, so that the push service does not see how much is said.
package enum WebPushEncryption {
    /// What a service must take in a body of 4096 bytes [RFC 8030 §7.2] less header, delimiter and tag.
    package static let plaintextBytesMax = 3993
    /// Mozilla's bridge to Firebase (Firefox on Android) takes bodies of 2744 bytes only.
    package static let bridgedPlaintextBytesMax = 2640
    /// Plaintext and padding together: most messages are the first or the second; the third is the most that passes the
    /// bridge.
    static let paddedSizes = [256, 1024, bridgedPlaintextBytesMax, plaintextBytesMax]
    /// Must be greater than the record, whatever its length [RFC 8188 §2.1].
    static let recordSize: UInt32 = 4096
    /// Salt, record size, key length and key.
    static let headerBytes = 16 + 4 + 1 + 65

    /// Encrypts one message with a fresh key pair and salt, in about 0.1 ms: not for the engine's thread. Sending the
    /// result again is safe, since it is the same message.
    ///
    /// - Parameters:
    ///   - plaintext: at most ``plaintextBytesMax`` bytes.
    ///   - subscription: the browser's keys.
    /// - Returns: the whole body of the request.
    /// - Throws: ``WebPushEncryptionError``.
    package static func encrypt(
        _ plaintext: [UInt8],
        for subscription: Subscription
    ) throws(WebPushEncryptionError) -> [UInt8] {
        guard let size = paddedSizes.first(where: { $0 >= plaintext.count }) else {
            throw .plaintextTooLong(bytes: plaintext.count)
        }
        return try encrypt(plaintext, for: subscription, sender: WebPushSender(), paddedTo: size)
    }

    /// With a sender and a size of the caller's: for tests of known vectors only.
    package static func encrypt(
        _ plaintext: [UInt8],
        for subscription: Subscription,
        sender: WebPushSender,
        paddedTo size: Int
    ) throws(WebPushEncryptionError) -> [UInt8] {
        let secrets = try WebPushSecrets(subscription, sender: sender)
        let cipher = AESGCM(SymmetricKey(data: secrets.contentKey))
        var body: [UInt8] = []
        body.reserveCapacity(headerBytes + size + 1 + AESGCM.tagBytes)
        body += sender.salt
        for shift in [24, 16, 8, 0] { body.append(UInt8(truncatingIfNeeded: recordSize >> UInt32(shift))) }
        body.append(65)
        body += sender.publicKey
        body += plaintext
        // 2 marks the last record; the rest is zero [RFC 8188 §2], and so far the tag.
        body.append(2)
        body.append(contentsOf: repeatElement(0, count: size - plaintext.count + AESGCM.tagBytes))
        body.withUnsafeMutableBytes { body in
            let record = UnsafeMutableRawBufferPointer(rebasing: body[headerBytes...])
            secrets.nonce.withUnsafeBytes { nonce in
                cipher.seal(
                    UnsafeRawBufferPointer(rebasing: record.dropLast(AESGCM.tagBytes)),
                    nonce: nonce,
                    authenticating: UnsafeRawBufferPointer(start: nil, count: 0),
                    into: record
                )
            }
        }
        return body
    }
}

/// The sender's side of one message: a key pair and a salt that serve once.
package struct WebPushSender: Sendable {
    let key: P256.AgreementKey
    /// Uncompressed point, 65 bytes.
    package var publicKey: [UInt8] { key.publicKey }
    /// 16 bytes.
    let salt: [UInt8]

    package init(key: P256.AgreementKey = P256.AgreementKey(), salt: [UInt8] = SecureRandom.bytes(16)) {
        precondition(salt.count == 16, "The salt of a record has 16 bytes.")
        self.key = key
        self.salt = salt
    }
}

package enum WebPushEncryptionError: Error, Hashable, Sendable {
    /// The message was not cut to the budget, or the receiver's id is longer than its room.
    case plaintextTooLong(bytes: Int)
    /// The subscription's key is no point on P-256; checked at registration.
    case malformedSubscription
}
