package import Domain
package import Providers

/// A lane that renders nothing, takes every address and speaks to nobody.
package struct QuietLane: ProviderLane {
    package var form: MessageForm { MessageForm(provider: .webpush) }
    package let isServiceNamedByAddress: Bool
    package let fallsBackToHTTP1: Bool
    package let forwardedPlatforms: Set<Platform>

    package init(
        isServiceNamedByAddress: Bool = false,
        fallsBackToHTTP1: Bool = false,
        forwardedPlatforms: Set<Platform> = []
    ) {
        self.isServiceNamedByAddress = isServiceNamedByAddress
        self.fallsBackToHTTP1 = fallsBackToHTTP1
        self.forwardedPlatforms = forwardedPlatforms
    }

    package func render(_ message: Message, limits: Limits) throws(MessageTooLargeError) -> BodyTemplate {
        BodyTemplate()
    }

    package func address(
        _ target: [UInt8],
        for delivery: AddressedDelivery,
        scratch: inout [UInt8]
    ) throws(AddressFault) -> PushAddress { PushAddress(form: 0, text: "") }

    package func wire(_ storage: CredentialStorage) -> any Wire { QuietWire() }
}
