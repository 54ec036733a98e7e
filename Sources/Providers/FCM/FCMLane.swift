package import Domain

/// A lane of one Firebase project.
package struct FCMLane: ProviderLane {
    private let projectID: String
    private let tokens: AccessTokens

    package var form: MessageForm { MessageForm(provider: FCM.id) }

    package init(projectID: String, tokens: AccessTokens) {
        self.projectID = projectID
        self.tokens = tokens
    }

    package func render(_ message: Message, limits: Limits) throws(MessageTooLarge) -> BodyTemplate {
        try FCMMessage(message, limits: limits).template
    }

    package func address(
        _ target: [UInt8],
        for delivery: AddressedDelivery,
        scratch: inout [UInt8]
    ) throws(AddressFault) -> PushAddress {
        guard let form = target.first, let text = FCMTarget.text(of: target) else { throw .foreign }
        return PushAddress(form: form, text: text)
    }

    package func wire(_ storage: CredentialStorage) -> any Wire { FCMWire(projectID: projectID, tokens: tokens) }
}
