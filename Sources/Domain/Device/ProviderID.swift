/// Who rings a device, by the number the store keeps. Its name, and everything it can do, is its provider's.
package struct ProviderID: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    /// nil: 0 is nobody.
    package init?(rawValue: UInt8) {
        guard rawValue > 0 else { return nil }
        self.rawValue = rawValue
    }

    /// A provider's own constant, 1 to 255; numbers are never used again, since stores hold them.
    package init(_ number: UInt8) {
        precondition(number > 0, "0 is nobody")
        rawValue = number
    }
}
