import Cryptography

extension AESGCM {
    /// `sealed`: ciphertext and tag.
    ///
    /// - Throws: `notAuthentic` only.
    func open(
        _ sealed: [UInt8],
        nonce: [UInt8],
        authenticating bound: [UInt8] = []
    ) throws(CryptographyError) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: max(0, sealed.count - Self.tagBytes))
        var failure: CryptographyError?
        output.withUnsafeMutableBytes { output in
            sealed.withUnsafeBytes { sealed in
                nonce.withUnsafeBytes { nonce in
                    bound.withUnsafeBytes { bound in
                        do throws(CryptographyError) {
                            try open(sealed, nonce: nonce, authenticating: bound, into: output)
                        } catch { failure = error }
                    }
                }
            }
        }
        if let failure { throw failure }
        return output
    }
}
