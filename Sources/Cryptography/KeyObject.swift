internal import COpenSSL

/// A key of OpenSSL's that signs or verifies with SHA-256, in the way its algorithm has: ECDSA, or PKCS #1 v1.5 for RSA.
///
/// `@unchecked Sendable`: never changed; the library locks what it keeps beside a key.
final class KeyObject: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes it over.
    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { EVP_PKEY_free(pointer) }

    var bits: Int { Int(EVP_PKEY_get_bits(pointer)) }

    /// By name: a curve that is spelt out in the key could be any.
    var isOnP256: Bool {
        var name = [CChar](repeating: 0, count: 32)
        var count = 0
        var isSpeltOut: Int32 = 1
        guard EVP_PKEY_get_group_name(pointer, &name, name.count, &count) == 1,
            EVP_PKEY_get_int_param(pointer, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &isSpeltOut) == 1
        else {
            ErrorQueue.clear()
            return false
        }
        return isSpeltOut == 0 && name.prefix(count).elementsEqual("prime256v1".utf8.map { CChar($0) })
    }

    /// Whether the private half is in its range and the public half belongs to it.
    var isConsistent: Bool {
        let context = EVP_PKEY_CTX_new(pointer, nil)
        defer { EVP_PKEY_CTX_free(context) }
        if EVP_PKEY_check(context) == 1 { return true }
        ErrorQueue.clear()
        return false
    }

    /// Big-endian, in so many bytes.
    func number(_ name: String, bytes count: Int) -> [UInt8]? {
        var number: OpaquePointer?
        guard EVP_PKEY_get_bn_param(pointer, name, &number) == 1 else {
            ErrorQueue.clear()
            return nil
        }
        defer { BN_free(number) }
        return [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
            filled = Int(max(0, BN_bn2binpad(number, bytes.baseAddress, Int32(count))))
        }
    }

    /// nil when the library refuses.
    func signature(of message: [UInt8]) -> [UInt8]? {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var count = Int(EVP_PKEY_get_size(pointer))
        let signature = [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
            guard EVP_DigestSignInit_ex(context, nil, "SHA256", nil, nil, pointer, nil) == 1,
                EVP_DigestSign(context, bytes.baseAddress, &count, message, message.count) == 1
            else { return }
            filled = count
        }
        if !signature.isEmpty { return signature }
        ErrorQueue.clear()
        return nil
    }

    func isSignature(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        if EVP_DigestVerifyInit_ex(context, nil, "SHA256", nil, nil, pointer, nil) == 1,
            EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        {
            return true
        }
        ErrorQueue.clear()
        return false
    }
}
