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

    deinit {
        OPENSSL_cleanse(bytes.baseAddress, bytes.count)
        bytes.deallocate()
    }

    package func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(bytes))
    }
}
