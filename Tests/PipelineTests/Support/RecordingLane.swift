import Domain
import Providers
import Synchronization

/// Keeps what it is asked to render.
final class RecordingLane: ProviderLane {
    private let rendered = Mutex<[Message]>([])
    private let encrypted = Mutex<[(message: Message, title: String)]>([])

    var form: MessageForm { PlainLane().form }
    var messages: [Message] { rendered.withLock { $0 } }

    func render(_ message: Message, limits: Limits) throws(MessageTooLargeError) -> BodyTemplate {
        rendered.withLock { $0.append(message) }
        return BodyTemplate()
    }

    var encryptedMessages: [(message: Message, title: String)] { encrypted.withLock { $0 } }

    func renderEncrypted(
        _ message: Message,
        title: String,
        limits: Limits
    ) throws(MessageTooLargeError) -> EncryptedBody? {
        encrypted.withLock { $0.append((message, title)) }
        return nil
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
