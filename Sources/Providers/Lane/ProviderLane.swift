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

    /// What it rings by handing messages on to another provider, under a credential of that one which its owner has stored with it: an answer
    /// ``Verdict/platformFault`` holds these back and nothing else.
    var forwardedPlatforms: Set<Platform> { get }

    /// Renders an event once for all its deliveries of this form.
    ///
    /// - Throws: ``MessageTooLargeError`` when the routing keys alone are beyond the provider's limit.
    func render(_ message: Message, limits: Limits) throws(MessageTooLargeError) -> BodyTemplate

    /// Renders an event of class `encrypted` for the devices that have keys; nil: none of this provider has, or each is encrypted anyway.
    ///
    /// `title`: a fixed text, which may stand around it. Throws ``MessageTooLargeError`` as ``render(_:limits:)``.
    func renderEncrypted(_ message: Message, title: String, limits: Limits) throws(MessageTooLargeError)
        -> EncryptedBody?

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
    package var forwardedPlatforms: Set<Platform> { [] }

    package func renderEncrypted(
        _ message: Message,
        title: String,
        limits: Limits
    ) throws(MessageTooLargeError) -> EncryptedBody? { nil }
}
