package import Domain

/// A lane of one topic and environment.
package struct APNsLane: ProviderLane {
    private let credential: APNsCredential
    private let topic: String
    private let isTimeSensitiveAllowed: Bool

    package var form: MessageForm { MessageForm(provider: APNs.id, variant: isTimeSensitiveAllowed ? 1 : 0) }

    package init(credential: APNsCredential, topic: String, isTimeSensitiveAllowed: Bool) {
        self.credential = credential
        self.topic = topic
        self.isTimeSensitiveAllowed = isTimeSensitiveAllowed
    }

    package func render(_ message: Message, limits: Limits) throws(MessageTooLargeError) -> BodyTemplate {
        try APNsMessage(message, isTimeSensitiveAllowed: isTimeSensitiveAllowed, limits: limits).template
    }

    package func renderEncrypted(
        _ message: Message,
        title: String,
        limits: Limits
    ) throws(MessageTooLargeError) -> EncryptedBody? {
        try EncryptedBody(message, limits: limits, frame: APNsMessage.frame(title: title, urgency: message.urgency))
    }

    package func address(
        _ target: [UInt8],
        for delivery: AddressedDelivery,
        scratch: inout [UInt8]
    ) throws(AddressFault) -> PushAddress {
        let (address, keys) = DeviceKeys.split(target)
        guard address.first == APNsTarget.form else { throw .foreign }
        let text = String(decoding: address.dropFirst(), as: UTF8.self)
        return try .of(APNsTarget.form, text, keys: keys, for: delivery, scratch: &scratch)
    }

    package func wire(_ storage: CredentialStorage) -> any Wire {
        APNsWire(credential: credential, topic: topic, storage: storage)
    }
}
