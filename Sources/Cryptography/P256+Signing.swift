internal import COpenSSL

extension P256 {
    /// A key that signs with ECDSA and SHA-256 (ES256 [RFC 7518 §3.4]).
    package struct SigningKey: Sendable {
        private let key: KeyObject

        /// A new one.
        package init() {
            guard let key = carillon_p256_generate() else { preconditionFailure("P-256 gave no key") }
            self.key = KeyObject(key)
        }

        /// - Parameter pem: PKCS#8 (`PRIVATE KEY`) or SEC 1 (`EC PRIVATE KEY`), of the curve's name; its two halves are held against one
        ///   another.
        /// - Throws: `malformedKey` only.
        package init(pem: String) throws(CryptographyError) {
            key = try PrivateKeyPEM.read(pem, label: "EC PRIVATE KEY", algorithm: EVP_PKEY_EC)
            guard key.isOnP256, key.isConsistent else { throw .malformedKey }
        }

        /// The uncompressed point, 65 bytes.
        package var publicKey: [UInt8] {
            guard let x = key.number(OSSL_PKEY_PARAM_EC_PUB_X, bytes: P256.scalarBytes),
                let y = key.number(OSSL_PKEY_PARAM_EC_PUB_Y, bytes: P256.scalarBytes)
            else { preconditionFailure("A key pair has a public half") }
            return [4] + x + y
        }

        /// PKCS#8, without a line feed at the end.
        package var pem: String { PrivateKeyPEM.text(of: key) }

        /// r and s, 32 bytes each.
        ///
        /// - Throws: `signatureFailed` only.
        package func signature(of message: [UInt8]) throws(CryptographyError) -> [UInt8] {
            guard let der = key.signature(of: message), let raw = Signature.raw(der: der) else {
                throw .signatureFailed
            }
            return raw
        }
    }

    /// A key that proves signatures of ``SigningKey``.
    package struct VerifyingKey: Sendable {
        private let key: KeyObject

        /// - Parameter x963: the uncompressed point, 65 bytes.
        /// - Throws: `malformedPoint` only.
        package init(x963: [UInt8]) throws(CryptographyError) {
            _ = try Point(x963: x963)
            var bytes = x963
            guard let key = carillon_p256_public(&bytes) else {
                ErrorQueue.clear()
                throw .malformedPoint
            }
            self.key = KeyObject(key)
        }

        /// `signature`: r and s, 32 bytes each. One of another length, or with a number that is zero or not below the order, is none.
        package func isSignature(_ signature: [UInt8], of message: [UInt8]) -> Bool {
            Signature.der(raw: signature).map { key.isSignature($0, of: message) } ?? false
        }
    }

    /// The two forms of a signature: fixed width in tokens, ASN.1 at OpenSSL.
    private enum Signature {
        static func raw(der: [UInt8]) -> [UInt8]? {
            let pair = der.withUnsafeBufferPointer { bytes in
                var next = bytes.baseAddress
                return d2i_ECDSA_SIG(nil, &next, bytes.count)
            }
            defer { ECDSA_SIG_free(pair) }
            guard let pair else { return nil }
            return [UInt8](unsafeUninitializedCapacity: 2 * P256.scalarBytes) { bytes, filled in
                let width = Int32(P256.scalarBytes)
                guard BN_bn2binpad(ECDSA_SIG_get0_r(pair), bytes.baseAddress, width) == width,
                    BN_bn2binpad(ECDSA_SIG_get0_s(pair), bytes.baseAddress.map { $0 + P256.scalarBytes }, width)
                        == width
                else { return }
                filled = 2 * P256.scalarBytes
            }
        }

        static func der(raw: [UInt8]) -> [UInt8]? {
            guard raw.count == 2 * P256.scalarBytes, let pair = ECDSA_SIG_new() else { return nil }
            defer { ECDSA_SIG_free(pair) }
            let (r, s) = raw.withUnsafeBufferPointer { bytes in
                (
                    BN_bin2bn(bytes.baseAddress, Int32(P256.scalarBytes), nil),
                    BN_bin2bn(bytes.baseAddress.map { $0 + P256.scalarBytes }, Int32(P256.scalarBytes), nil)
                )
            }
            // Takes both over.
            guard ECDSA_SIG_set0(pair, r, s) == 1 else {
                BN_free(r)
                BN_free(s)
                return nil
            }
            let count = Int(i2d_ECDSA_SIG(pair, nil))
            guard count > 0 else { return nil }
            return [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
                var next = bytes.baseAddress
                filled = Int(max(0, i2d_ECDSA_SIG(pair, &next)))
            }
        }
    }
}
