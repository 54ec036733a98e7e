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

/// A device's address as its request needs it.
package struct PushAddress: Sendable {
    /// The first byte of the stored form.
    package let form: UInt8
    /// The token, or the path of an endpoint.
    package let text: String
    /// What was encrypted for this device alone: of a browser the whole body, of a phone the text in it.
    package let body: [UInt8]?

    package init(form: UInt8, text: String, body: [UInt8]? = nil) {
        self.form = form
        self.text = text
        self.body = body
    }
}

/// What a request is written of. One object, so that a delivery on its way through the lane is copied for the price of one reference.
package final class Push: Sendable {
    package let event: LoadedEvent
    package let id: DeliveryID
    package let address: PushAddress
    /// The owner's name outside.
    package let receiver: String
    /// 32 lower-case hex characters.
    package let collapseID: String

    package init(event: LoadedEvent, id: DeliveryID, address: PushAddress, receiver: String, collapseID: String) {
        self.event = event
        self.id = id
        self.address = address
        self.receiver = receiver
        self.collapseID = collapseID
    }

    /// Of class `encrypted`, but what `generic` shows: the device has no keys.
    package var isSentAsGeneric: Bool { event.isEncrypted && address.body == nil }

    /// The body of a phone's request.
    var template: BodyTemplate? { address.body == nil ? event.body : event.encrypted?.frame }
}
