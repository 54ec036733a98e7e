import Crypto

/// Opens a message as a browser does (RFC 8188 §2, RFC 8291 §3.4). It shares no code with the gateway's encryption.
package enum MessageDecryption {
    /// salt 16, record size 4, key length 1, public key 65.
    package static let headerBytes = 86
    package static let recordSize: UInt32 = 4096

    /// - Parameters:
    ///   - body: As received.
    ///   - subscription: Whose browser opens it.
    /// - Returns: The plaintext without its padding, and the sender's public key of this message.
    /// - Throws: ``WebPushFault`` `badLayout` for a wrong header, `undecryptable` when the record does not open.
    package static func open(
        _ body: [UInt8],
        subscription: Subscription
    ) throws(WebPushFault) -> (plaintext: [UInt8], senderKey: [UInt8]) {
        // A record holds at least the delimiter and the tag.
        guard body.count >= headerBytes + 17 else { throw WebPushFault(.badLayout, "\(body.count) bytes") }
        let salt = Array(body[0..<16])
        let size = body[16..<20].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard size == recordSize else { throw WebPushFault(.badLayout, "record size \(size)") }
        guard body[20] == 65 else { throw WebPushFault(.badLayout, "key id of \(body[20]) bytes") }
        let senderKey = Array(body[21..<headerBytes])
        let record = body[headerBytes...]
        guard record.count <= Int(recordSize) else { throw WebPushFault(.badLayout, "more than one record") }
        let publicKey: P256.KeyAgreement.PublicKey
        do { publicKey = try P256.KeyAgreement.PublicKey(x963Representation: senderKey) } catch {
            throw WebPushFault(.badLayout, "the key id is no point of P-256")
        }
        let padded: [UInt8]
        do {
            padded = try open(record, salt: salt, from: publicKey, subscription: subscription)
        } catch {
            throw WebPushFault(.undecryptable, "the record does not open with the subscription's keys")
        }
        // One record, hence the last: its delimiter is 2, zeros may follow.
        guard let delimiter = padded.lastIndex(where: { $0 != 0 }), padded[delimiter] == 2 else {
            throw WebPushFault(.undecryptable, "the last record ends without its delimiter")
        }
        return (Array(padded[..<delimiter]), senderKey)
    }

    private static func open(
        _ record: ArraySlice<UInt8>,
        salt: [UInt8],
        from sender: P256.KeyAgreement.PublicKey,
        subscription: Subscription
    ) throws -> [UInt8] {
        let shared = try subscription.key.sharedSecretFromKeyAgreement(with: sender)
        let receiverKey = subscription.key.publicKey.x963Representation
        let keyInfo = Array("WebPush: info\0".utf8) + receiverKey + sender.x963Representation
        let input = shared.hkdfDerivedSymmetricKey(
            using: SHA256.self,
            salt: subscription.authenticationSecret,
            sharedInfo: keyInfo,
            outputByteCount: 32
        )
        let pseudoRandom = HKDF<SHA256>.extract(inputKeyMaterial: input, salt: salt)
        let key = HKDF<SHA256>.expand(
            pseudoRandomKey: pseudoRandom,
            info: Array("Content-Encoding: aes128gcm\0".utf8),
            outputByteCount: 16
        )
        let nonce = HKDF<SHA256>.expand(
            pseudoRandomKey: pseudoRandom,
            info: Array("Content-Encoding: nonce\0".utf8),
            outputByteCount: 12
        )
        let box = try AES.GCM.SealedBox(
            nonce: try AES.GCM.Nonce(data: nonce.withUnsafeBytes { Array($0) }),
            ciphertext: record.dropLast(16),
            tag: record.suffix(16)
        )
        return Array(try AES.GCM.open(box, using: key))
    }
}
