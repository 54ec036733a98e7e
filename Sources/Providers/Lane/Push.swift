package import Domain

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
