package import Domain

/// A lane of one push service, by its origin.
package struct WebPushLane: ProviderLane {
    private let provider: ProviderID
    /// First byte of the stored form of its addresses.
    private let storedForm: UInt8
    private let credential: WebPushCredential
    private let service: PushEndpoint
    private let base: NavigationBase?
    private let bytesMax: Int

    package let isServiceNamedByAddress = true
    package let encryptsEachMessage = true
    package let fallsBackToHTTP1 = true
    package var form: MessageForm { MessageForm(provider: provider, variant: bytesMax) }

    /// `service`: any endpoint of it.
    package init(
        provider: ProviderID,
        form: UInt8,
        credential: WebPushCredential,
        service: PushEndpoint,
        base: NavigationBase?
    ) {
        self.provider = provider
        storedForm = form
        self.credential = credential
        self.service = service
        self.base = base
        bytesMax = WebPushMessage.bytesMax(host: service.host)
    }

    package func render(_ message: Message, limits: Limits) throws(MessageTooLargeError) -> BodyTemplate {
        try WebPushMessage(message, base: base, bytesMax: bytesMax, limits: limits).template
    }

    /// Encrypts the message for one browser.
    package func address(
        _ target: [UInt8],
        for delivery: AddressedDelivery,
        scratch: inout [UInt8]
    ) throws(AddressFault) -> PushAddress {
        guard target.first == storedForm else { throw .foreign }
        guard let subscription = Subscription(stored: target) else { throw .unusable }
        let endpoint: PushEndpoint
        do { endpoint = try PushEndpoint(subscription.endpoint) } catch { throw .unusable }
        // The path of one service is a secret to the others.
        guard endpoint.authority == service.authority else { throw .foreign }
        guard let template = delivery.event.body else {
            // Too large for everybody: the lane ends it with its own reason.
            return PushAddress(form: storedForm, text: endpoint.path, body: [])
        }
        scratch.removeAll(keepingCapacity: true)
        WebPushMessage(template: template).appendPlaintext(
            receiver: delivery.receiver.utf8.span,
            collapseID: delivery.collapseID.utf8.span,
            to: &scratch
        )
        do {
            return PushAddress(
                form: storedForm,
                text: endpoint.path,
                body: try WebPushEncryption.encrypt(scratch, for: subscription)
            )
        } catch {
            // The keys were checked at registration: what is refused now will be refused for ever.
            throw .unusable
        }
    }

    package func wire(_ storage: CredentialStorage) -> any Wire {
        WebPushWire(credential: credential, service: service)
    }
}
