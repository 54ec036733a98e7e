/// Whom a delivery is for, and in which words.
package struct AddressedDelivery {
    package var event: LoadedEvent
    /// The owner's name outside.
    package var receiver: String
    /// 32 lower-case hex characters.
    package var collapseID: String

    package init(event: LoadedEvent, receiver: String, collapseID: String) {
        self.event = event
        self.receiver = receiver
        self.collapseID = collapseID
    }
}
