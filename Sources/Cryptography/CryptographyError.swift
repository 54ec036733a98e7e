internal import COpenSSL

/// Why an operation gave nothing. What comes from outside is refused by one of these; memory that is out ends the process, as in Swift
/// itself.
package enum CryptographyError: Error, Hashable, Sendable {
    /// What was sealed has been changed, cut, or sealed under another key or for another use: which cannot be told.
    case notAuthentic
    /// No private key in PEM, one with a passphrase, damaged, or of another algorithm, curve or size than asked for.
    case malformedKey
    /// No uncompressed point on P-256: another length or form, off the curve, or at infinity.
    case malformedPoint
    /// The key gives no signature; never seen with a key that could be read.
    case signatureFailed
}

/// OpenSSL's queue of errors, one a thread. `SSL_get_error` of the next connection on this thread would read what is left in it.
enum ErrorQueue {
    static func clear() { ERR_clear_error() }

    /// For tests.
    static var isEmpty: Bool { ERR_peek_error() == 0 }
}
