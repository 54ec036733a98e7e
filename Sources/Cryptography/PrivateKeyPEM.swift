internal import COpenSSL

/// Private keys as text [RFC 7468].
enum PrivateKeyPEM {
    /// The first block of the text: PKCS#8, or `label`, the algorithm's own form.
    ///
    /// - Throws: `malformedKey` only; also for a key with a passphrase, since nobody can type one.
    static func read(_ pem: String, label: String, algorithm: Int32) throws(CryptographyError) -> KeyObject {
        guard let key = block(pem, { decoded($0, $1, label, algorithm) }) else {
            ErrorQueue.clear()
            throw .malformedKey
        }
        guard EVP_PKEY_get_base_id(key.pointer) == algorithm else { throw .malformedKey }
        return key
    }

    /// PKCS#8, without a line feed at the end.
    static func text(of key: KeyObject) -> String {
        let memory = BIO_new(BIO_s_secmem())
        defer { BIO_free(memory) }
        let isWritten = PEM_write_bio_PKCS8PrivateKey(memory, key.pointer, nil, nil, 0, nil, nil) == 1
        precondition(isWritten, "A private key can be written")
        var start: UnsafeMutablePointer<UInt8>?
        let count = withUnsafeMutablePointer(to: &start) { BIO_ctrl(memory, BIO_CTRL_INFO, 0, $0) }
        let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    private static func block(
        _ pem: String,
        _ body: (_ label: String, _ der: UnsafeBufferPointer<UInt8>) -> KeyObject?
    ) -> KeyObject? {
        let bytes = Array(pem.utf8)
        guard let count = Int32(exactly: bytes.count) else { return nil }
        return bytes.withUnsafeBytes { bytes -> KeyObject? in
            let memory = BIO_new_mem_buf(bytes.baseAddress, count)
            defer { BIO_free(memory) }
            var name: UnsafeMutablePointer<CChar>?
            var header: UnsafeMutablePointer<CChar>?
            var data: UnsafeMutablePointer<UInt8>?
            var dataCount = 0
            guard PEM_read_bio(memory, &name, &header, &data, &dataCount) == 1 else { return nil }
            defer {
                carillon_free(name)
                carillon_free(header)
                carillon_clear_free(data, dataCount)
            }
            // A header says how the block is encrypted.
            guard let name, header.map({ $0.pointee == 0 }) ?? true else { return nil }
            return body(String(cString: name), UnsafeBufferPointer(start: data, count: dataCount))
        }
    }

    /// nil for another label, and for bytes that are not one whole key.
    private static func decoded(
        _ name: String,
        _ der: UnsafeBufferPointer<UInt8>,
        _ label: String,
        _ algorithm: Int32
    ) -> KeyObject? {
        var next = der.baseAddress
        let key: OpaquePointer?
        switch name {
        case "PRIVATE KEY":
            let information = d2i_PKCS8_PRIV_KEY_INFO(nil, &next, der.count)
            defer { PKCS8_PRIV_KEY_INFO_free(information) }
            key = information.flatMap { EVP_PKCS82PKEY($0) }
        case label: key = d2i_PrivateKey(algorithm, nil, &next, der.count)
        default: return nil
        }
        guard let key else { return nil }
        let object = KeyObject(key)
        return next == der.baseAddress.map { $0 + der.count } ? object : nil
    }
}
