internal import COpenSSL

/// RSASSA-PKCS1-v1_5 with SHA-256 (RS256 [RFC 7518 §3.3; RFC 8017 §8.2]), keys of 2048 to 8192 bits.
package enum RSA {
    package static let keyBits = 2048...8192

    package struct SigningKey: Sendable {
        private let key: KeyObject

        /// Proves two primes: some 40 ms for 2048 bits, once for a key file.
        ///
        /// - Parameter pem: PKCS#8 (`PRIVATE KEY`) or PKCS#1 (`RSA PRIVATE KEY`); all of its numbers are held against one another.
        /// - Throws: `malformedKey` only.
        package init(pem: String) throws(CryptographyError) {
            key = try PrivateKeyPEM.read(pem, label: "RSA PRIVATE KEY", algorithm: EVP_PKEY_RSA)
            guard RSA.keyBits.contains(key.bits), key.isConsistent else { throw .malformedKey }
        }

        /// As long as the modulus.
        ///
        /// - Throws: `signatureFailed` only.
        package func signature(of message: [UInt8]) throws(CryptographyError) -> [UInt8] {
            guard let signature = key.signature(of: message) else { throw .signatureFailed }
            return signature
        }
    }

    package struct VerifyingKey: Sendable {
        /// Longer ones make a verification as dear as a signature.
        private static let exponentBitsMax = 33

        private let key: KeyObject

        /// - Parameters:
        ///   - modulus: big-endian; leading zeros do not count.
        ///   - exponent: likewise; odd, from 3, at most 33 bits.
        /// - Throws: `malformedKey` only.
        package init(modulus: [UInt8], exponent: [UInt8]) throws(CryptographyError) {
            guard modulus.count <= RSA.keyBits.upperBound / 8 + 1, exponent.count <= 8,
                let n = BN_bin2bn(modulus, Int32(modulus.count), nil),
                let e = BN_bin2bn(exponent, Int32(exponent.count), nil)
            else { throw .malformedKey }
            defer {
                BN_free(n)
                BN_free(e)
            }
            guard RSA.keyBits.contains(Int(BN_num_bits(n))), BN_is_odd(n) == 1, BN_is_odd(e) == 1, BN_is_one(e) == 0,
                BN_num_bits(e) <= Self.exponentBitsMax, let key = carillon_rsa_public(n, e)
            else {
                ErrorQueue.clear()
                throw .malformedKey
            }
            self.key = KeyObject(key)
        }

        /// One of another length than the modulus is none.
        package func isSignature(_ signature: [UInt8], of message: [UInt8]) -> Bool {
            key.isSignature(signature, of: message)
        }
    }
}
