import Domain
import Providers
import TestSupport

/// A lane that addresses Firebase's devices; nothing is sent with it.
struct PlainLane: ProviderLane {
    var form: MessageForm { MessageForm(provider: .fcm) }

    func render(_ message: Message, limits: Limits) throws(MessageTooLargeError) -> BodyTemplate { BodyTemplate() }

    func address(
        _ target: [UInt8],
        for delivery: AddressedDelivery,
        scratch: inout [UInt8]
    ) throws(AddressFault) -> PushAddress {
        guard let form = target.first, let text = FCMTarget.text(of: target) else { throw .foreign }
        return PushAddress(form: form, text: text)
    }

    func wire(_ storage: CredentialStorage) -> any Wire { QuietWire() }
}
