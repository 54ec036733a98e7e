internal import COpenSSL

/// The bytes of a secret, wiped when the last holder lets go of it.
///
/// `@unchecked Sendable`: the bytes are written by `init` and wiped by `deinit` only.
package final class SymmetricKey: @unchecked Sendable {
    private let bytes: UnsafeMutableRawBufferPointer

    package init(data: [UInt8]) {
        bytes = .allocate(byteCount: data.count, alignment: 8)
        bytes.copyBytes(from: data)
    }

    /// A new one, for AES-256 or HMAC-SHA-256.
    package static func random() -> SymmetricKey {
        var data = SecureRandom.bytes(32)
        defer { data.wipe() }
        return SymmetricKey(data: data)
    }

    deinit {
        OPENSSL_cleanse(bytes.baseAddress, bytes.count)
        bytes.deallocate()
    }

    package var count: Int { bytes.count }

    package func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(bytes))
    }
}

extension [UInt8] {
    /// Zeroes that the compiler cannot leave out; of this copy only.
    mutating func wipe() {
        withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
    }
}
