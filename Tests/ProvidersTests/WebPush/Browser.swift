import Crypto
import Domain
import Providers

/// The receiving end of a subscription, written from the standard and not from the sender's code.
struct Browser {
    struct Unreadable: Error {}

    private let key = P256.KeyAgreement.PrivateKey()
    let subscription: Subscription
    /// 32 bytes.
    var privateKey: [UInt8] { Array(key.rawRepresentation) }

    init() {
        subscription = Subscription(
            endpoint: "https://updates.push.services.mozilla.com/wpush/v2/abc",
            p256dh: Array(key.publicKey.x963Representation),
            auth: (0..<16).map { _ in UInt8.random(in: 0...255) }
        )
    }

    /// RFC 8291 §3.4 with the library's HKDF, then RFC 8188 §2.
    func decrypt(_ body: [UInt8]) throws -> [UInt8] {
        guard body.count >= 103, body[20] == 65 else { throw Unreadable() }
        let salt = Array(body[..<16])
        let sender = Array(body[21..<86])
        let shared = try key.sharedSecretFromKeyAgreement(with: P256.KeyAgreement.PublicKey(x963Representation: sender))
        let input = shared.hkdfDerivedSymmetricKey(
            using: SHA256.self,
            salt: subscription.auth,
            sharedInfo: Array("WebPush: info\0".utf8) + subscription.p256dh + sender,
            outputByteCount: 32
        )
        func derive(_ info: String, _ count: Int) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: input,
                salt: salt,
                info: Array(info.utf8),
                outputByteCount: count
            )
        }
        let nonce = derive("Content-Encoding: nonce\0", 12).withUnsafeBytes { Array($0) }
        let box = try AES.GCM.SealedBox(
            nonce: AES.GCM.Nonce(data: nonce),
            ciphertext: body[86..<body.count - 16],
            tag: body[(body.count - 16)...]
        )
        var record = Array(try AES.GCM.open(box, using: derive("Content-Encoding: aes128gcm\0", 16)))
        while record.last == 0 { record.removeLast() }
        guard record.popLast() == 2 else { throw Unreadable() }
        return record
    }
}
