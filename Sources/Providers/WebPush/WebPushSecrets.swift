import Cryptography
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
            sharedSecret = sender.key.sharedSecret(with: try P256.Point(x963: subscription.p256dh))
        } catch {
            throw .malformedSubscription
        }
        combiningKey = HKDF.extract(salt: subscription.auth, inputKey: sharedSecret)
        keyInfo = Self.keyInfoLabel + subscription.p256dh + sender.publicKey
        inputKey = HKDF.expand(combiningKey, info: keyInfo, count: 32)
        pseudoRandomKey = HKDF.extract(salt: sender.salt, inputKey: inputKey)
        contentKey = HKDF.expand(pseudoRandomKey, info: Self.contentKeyLabel, count: 16)
        nonce = HKDF.expand(pseudoRandomKey, info: Self.nonceLabel, count: AESGCM.nonceBytes)
    }

    private static let keyInfoLabel = Array("WebPush: info\0".utf8)
    private static let contentKeyLabel = Array("Content-Encoding: aes128gcm\0".utf8)
    private static let nonceLabel = Array("Content-Encoding: nonce\0".utf8)
}
