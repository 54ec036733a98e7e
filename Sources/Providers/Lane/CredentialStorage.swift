/// Where a provider's token is kept between starts, so that a restart loop does not make one each time.
package struct CredentialStorage: Sendable {
    /// What was kept last.
    package var stored: [UInt8]?
    package var keep: @Sendable ([UInt8]) -> Void

    package init(stored: [UInt8]?, keep: @escaping @Sendable ([UInt8]) -> Void) {
        self.stored = stored
        self.keep = keep
    }
}
