import Crypto
import Domain

/// The key schedule of one message, each step under the name the standard gives it [RFC 8291 §3.4; RFC 8188 §2.2,
/// §2.3].
package struct WebPushSecrets: Sendable {
    /// `ecdh_secret`, 32 bytes.
    package let sharedSecret: [UInt8]
    /// `PRK_key`, 32 bytes.
    package let combiningKey: [UInt8]
    /// `key_info`, 144 bytes.
    package let keyInfo: [UInt8]
    /// `IKM`, 32 bytes.
    package let inputKey: [UInt8]
    /// `PRK`, 32 bytes.
    package let pseudoRandomKey: [UInt8]
    /// `CEK`, 16 bytes.
    package let contentKey: [UInt8]
    /// `NONCE`, 12 bytes. The sequence number of the only record is 0, so nothing is added to it.
    package let nonce: [UInt8]

    package init(_ subscription: Subscription, sender: WebPushSender) throws(WebPushEncryptionError) {
        do {
            let receiver = try P256.KeyAgreement.PublicKey(x963Representation: subscription.p256dh)
            let shared = try sender.key.sharedSecretFromKeyAgreement(with: receiver)
            sharedSecret = shared.withUnsafeBytes { Array($0) }
        } catch {
            throw .malformedSubscription
        }
        combiningKey = Self.hmac(key: subscription.auth, sharedSecret)
        keyInfo = Array("WebPush: info".utf8) + [0] + subscription.p256dh + sender.publicKey
        inputKey = Self.hmac(key: combiningKey, keyInfo + [1])
        pseudoRandomKey = Self.hmac(key: sender.salt, inputKey)
        contentKey = Array(
            Self.hmac(key: pseudoRandomKey, Array("Content-Encoding: aes128gcm".utf8) + [0, 1]).prefix(16)
        )
        nonce = Array(Self.hmac(key: pseudoRandomKey, Array("Content-Encoding: nonce".utf8) + [0, 1]).prefix(12))
    }

    /// Both halves of HKDF, as every output here is one hash long or shorter [RFC 5869 §2.2, §2.3].
    private static func hmac(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key)))
    }
}
