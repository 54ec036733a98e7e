/// What a lane may ask of its provider.
package struct LaneBounds: Hashable, Sendable {
    /// Requests under way at most.
    package var windowMax: Int
    /// The provider's quota of the credential; nil: none is known.
    package var messagesPerMinute: Int?
    /// Of one phone; nil: the provider has none.
    package var deviceMessagesPerMinute: Int?

    package init(windowMax: Int, messagesPerMinute: Int? = nil, deviceMessagesPerMinute: Int? = nil) {
        self.windowMax = windowMax
        self.messagesPerMinute = messagesPerMinute
        self.deviceMessagesPerMinute = deviceMessagesPerMinute
    }
}
