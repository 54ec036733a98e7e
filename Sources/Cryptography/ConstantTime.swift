internal import COpenSSL

/// Comparison of secrets.
package enum ConstantTime {
    /// Takes the same time wherever they differ; only the lengths show.
    package static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
