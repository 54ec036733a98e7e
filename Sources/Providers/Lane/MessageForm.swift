package import Domain

/// The form a lane's messages take.
package struct MessageForm: Hashable, Sendable {
    package var provider: ProviderID
    /// What else the rendering depends on, by the provider's own count.
    package var variant: Int

    package init(provider: ProviderID, variant: Int = 0) {
        self.provider = provider
        self.variant = variant
    }
}
