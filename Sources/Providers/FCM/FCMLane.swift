package import Domain

/// A lane of one Firebase project.
package struct FCMLane: ProviderLane {
    private let projectID: String
    private let tokens: AccessTokens

    package var form: MessageForm { MessageForm(provider: FCM.id) }

    /// By the APNs key and the web push key of the Firebase project.
    package let forwardedPlatforms: Set<Platform> = [.ios, .web]

    package init(projectID: String, tokens: AccessTokens) {
        self.projectID = projectID
        self.tokens = tokens
    }

    package func render(_ message: Message, limits: Limits) throws(MessageTooLargeError) -> BodyTemplate {
        try FCMMessage(message, limits: limits).template
    }

    package func renderEncrypted(
        _ message: Message,
        title: String,
        limits: Limits
    ) throws(MessageTooLargeError) -> EncryptedBody? {
        try EncryptedBody(message, limits: limits, frame: FCMMessage.frame(title: title, urgency: message.urgency))
    }

    package func address(
        _ target: [UInt8],
        for delivery: AddressedDelivery,
        scratch: inout [UInt8]
    ) throws(AddressFault) -> PushAddress {
        let (address, keys) = DeviceKeys.split(target)
        guard let form = address.first, let text = FCMTarget.text(of: address) else { throw .foreign }
        return try .of(form, text, keys: keys, for: delivery, scratch: &scratch)
    }

    package func wire(_ storage: CredentialStorage) -> any Wire { FCMWire(projectID: projectID, tokens: tokens) }
}
