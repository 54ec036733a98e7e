/// What a device's target is found by: 16 bytes, held without memory of their own, since each delivery carries one.
package struct TargetHash: Hashable, Sendable {
    package static let byteCount = 16

    private let high: UInt64
    private let low: UInt64

    /// nil: not 16 bytes.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.byteCount else { return nil }
        high = bytes.loadUnaligned(as: UInt64.self)
        low = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    }

    /// nil: not 16 bytes.
    package init?(_ bytes: [UInt8]) {
        guard let hash = bytes.withUnsafeBytes(Self.init) else { return nil }
        self = hash
    }

    package var bytes: [UInt8] { withUnsafeBytes(of: self) { Array($0) } }
}
