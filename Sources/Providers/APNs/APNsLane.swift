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

    package func render(_ message: Message, limits: Limits) throws(MessageTooLarge) -> BodyTemplate {
        try APNsMessage(message, isTimeSensitiveAllowed: isTimeSensitiveAllowed, limits: limits).template
    }

    package func address(
        _ target: [UInt8],
        for delivery: AddressedDelivery,
        scratch: inout [UInt8]
    ) throws(AddressFault) -> PushAddress {
        guard target.first == APNsTarget.form else { throw .foreign }
        return PushAddress(form: APNsTarget.form, text: String(decoding: target.dropFirst(), as: UTF8.self))
    }

    package func wire(_ storage: CredentialStorage) -> any Wire {
        APNsWire(credential: credential, topic: topic, storage: storage)
    }
}
