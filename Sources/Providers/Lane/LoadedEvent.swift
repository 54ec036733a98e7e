package import Domain

/// What all deliveries of one event on one lane share while they are loaded: the message rendered once, and the event's times.
package final class LoadedEvent: Sendable {
    package let id: EventID
    /// nil: the message cannot be made to fit, and every delivery of it ends rejected.
    package let body: BodyTemplate?
    /// For devices with keys, in class `encrypted`; the others get ``body``.
    package let encrypted: EncryptedBody?
    /// Class `encrypted`.
    package let isEncrypted: Bool
    package let urgency: Urgency
    package let acceptedAt: Instant
    package let expiresAt: Instant

    package init(
        id: EventID,
        body: BodyTemplate?,
        encrypted: EncryptedBody? = nil,
        isEncrypted: Bool = false,
        urgency: Urgency,
        acceptedAt: Instant,
        expiresAt: Instant
    ) {
        self.id = id
        self.body = body
        self.encrypted = encrypted
        self.isEncrypted = isEncrypted
        self.urgency = urgency
        self.acceptedAt = acceptedAt
        self.expiresAt = expiresAt
    }
}
