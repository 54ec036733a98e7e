import Domain
import Providers
import Synchronization

/// Keeps what it is asked to render.
final class RecordingLane: ProviderLane {
    private let rendered = Mutex<[Message]>([])

    var form: MessageForm { PlainLane().form }
    var messages: [Message] { rendered.withLock { $0 } }

    func render(_ message: Message, limits: Limits) throws(MessageTooLarge) -> BodyTemplate {
        rendered.withLock { $0.append(message) }
        return BodyTemplate()
    }

    func address(
        _ target: [UInt8],
        for delivery: AddressedDelivery,
        scratch: inout [UInt8]
    ) throws(AddressFault) -> PushAddress {
        try PlainLane().address(target, for: delivery, scratch: &scratch)
    }

    func wire(_ storage: CredentialStorage) -> any Wire { preconditionFailure("Nothing is sent") }
}
