package import Domain

/// What one lane knows of its provider and never changes: used by the loading threads.
package protocol ProviderLane: Sendable {
    /// One rendering of an event serves all lanes of the same form.
    var form: MessageForm { get }

    /// The push service is the devices' word (``Provider/isServiceNamedByAddress``).
    var isServiceNamedByAddress: Bool { get }

    /// Each message is encrypted for its device alone, some 0.15 ms: its pages are loaded on a thread of their own.
    var encryptsEachMessage: Bool { get }

    /// The push service may have no HTTP/2: then the ordinary client sends what ``Wire/ordinaryRequest(for:now:)`` gives.
    var fallsBackToHTTP1: Bool { get }

    /// Renders an event once for all its deliveries of this form.
    ///
    /// - Throws: ``MessageTooLarge`` when the routing keys alone are beyond the provider's limit.
    func render(_ message: Message, limits: Limits) throws(MessageTooLarge) -> BodyTemplate

    /// Renders an event of class `encrypted` for the devices that have keys; nil: none of this provider has, or each is encrypted anyway.
    ///
    /// `title`: a fixed text, which may stand around it. Throws ``MessageTooLarge`` as ``render(_:limits:)``.
    func renderEncrypted(_ message: Message, title: String, limits: Limits) throws(MessageTooLarge) -> EncryptedBody?

    /// Makes a device's address ready for the request.
    ///
    /// - Parameters:
    ///   - target: ``Target/bytes``, as stored.
    ///   - delivery: for a body that is made for one device.
    ///   - scratch: a buffer to work in.
    /// - Returns: what the request is written from.
    /// - Throws: why nothing can be sent to it.
    func address(
        _ target: [UInt8],
        for delivery: AddressedDelivery,
        scratch: inout [UInt8]
    ) throws(AddressFault) -> PushAddress

    /// The lane's side of the engine; one at a time.
    func wire(_ storage: CredentialStorage) -> any Wire
}

extension ProviderLane {
    package var isServiceNamedByAddress: Bool { false }
    package var encryptsEachMessage: Bool { false }
    package var fallsBackToHTTP1: Bool { false }

    package func renderEncrypted(
        _ message: Message,
        title: String,
        limits: Limits
    ) throws(MessageTooLarge) -> EncryptedBody? { nil }
}

/// The form a lane's messages take.
package struct MessageForm: Hashable, Sendable {
    package var provider: ProviderID
    /// What else the rendering depends on, by the provider's own count.
    package var variant: Int

    package init(provider: ProviderID, variant: Int = 0) {
        self.provider = provider
        self.variant = variant
    }
}

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

package enum AddressFault: Error, Hashable, Sendable {
    /// It is not an address of this lane: the device has registered with another provider or push service meanwhile.
    case foreign
    /// It can never be used, though it was checked at registration.
    case unusable
}

/// Where a provider's token is kept between starts, so that a restart loop does not make one each time.
package struct CredentialStorage: Sendable {
    /// What was kept last.
    package var stored: [UInt8]?
    package var keep: @Sendable ([UInt8]) -> Void

    package init(stored: [UInt8]?, keep: @escaping @Sendable ([UInt8]) -> Void) {
        self.stored = stored
        self.keep = keep
    }
}
