import Domain

/// A message that only its device can read: what stands around it, and what is encrypted, each rendered once per event and language.
///
/// Around it stand a fixed text, the time to live and the collapse identifier, nothing of the publication. The text stands in
/// `data.enc`, base64url of one record of `aes128gcm` [RFC 8291], as a browser gets it.
package struct EncryptedBody: Sendable {
    /// Plaintext and padding: a record of the largest, in base64url, leaves 880 bytes around it of a payload's 4096.
    static let paddedSizes = [256, 1024, plaintextBytesMax]
    package static let plaintextBytesMax = 2304

    /// The request's body with a gap for the text.
    package let frame: BodyTemplate
    private let plaintext: BodyTemplate

    /// - Parameters:
    ///   - message: whole, as in class `clear`.
    ///   - limits: the room of the receiver.
    ///   - frame: of the provider.
    /// - Throws: ``MessageTooLargeError`` when the routing keys alone are too long.
    init(_ message: Message, limits: Limits, frame: BodyTemplate) throws(MessageTooLargeError) {
        self.frame = frame
        plaintext = try BodyTemplate.fitted(message, limits: limits, bytesMax: Self.plaintextBytesMax) { texts in
            var template = BodyTemplate()
            template.literal(#"{"title":"#)
            template.string(texts.title)
            template.literal(#","body":"#)
            template.string(texts.body)
            template.literal(#","tag":""#)
            template.gap(.collapseID)
            template.literal(#"","channel":"#)
            template.string(message.channel)
            template.literal(",")
            template.routingKeys(of: message, params: texts.params)
            template.literal("}")
            return template
        }
    }

    /// The text for one device, base64url without padding.
    ///
    /// - Throws: ``WebPushEncryptionError``; its keys were checked at registration.
    func text(
        for keys: DeviceKeys,
        of delivery: AddressedDelivery,
        scratch: inout [UInt8]
    ) throws(WebPushEncryptionError) -> [UInt8] {
        scratch.removeAll(keepingCapacity: true)
        var start = 0
        for position in plaintext.positions {
            scratch.append(contentsOf: plaintext.bytes[start..<position.offset])
            start = position.offset
            switch position.gap {
            case .receiver: JSONText.appendEscaped(delivery.receiver.utf8.span, to: &scratch)
            case .collapseID: scratch.append(contentsOf: delivery.collapseID.utf8)
            case .target, .timeToLive, .expiration, .encrypted:
                preconditionFailure("The plaintext has no gap but receiver and tag.")
            }
        }
        scratch.append(contentsOf: plaintext.bytes[start...])
        guard let size = Self.paddedSizes.first(where: { $0 >= scratch.count }) else {
            throw .plaintextTooLong(bytes: scratch.count)
        }
        let record = try WebPushEncryption.encrypt(
            scratch,
            for: Subscription(endpoint: "", p256dh: keys.p256dh, auth: keys.auth),
            sender: WebPushSender(),
            paddedTo: size
        )
        return Array(Base64.encodeURL(record).utf8)
    }
}

extension PushAddress {
    /// Of a device with keys in an event that is to be encrypted, with its text; else the bare address.
    static func of(
        _ form: UInt8,
        _ text: String,
        keys: DeviceKeys?,
        for delivery: AddressedDelivery,
        scratch: inout [UInt8]
    ) throws(AddressFault) -> PushAddress {
        guard let keys, let encrypted = delivery.event.encrypted else { return PushAddress(form: form, text: text) }
        do throws(WebPushEncryptionError) {
            let body = try encrypted.text(for: keys, of: delivery, scratch: &scratch)
            return PushAddress(form: form, text: text, body: body)
        } catch { throw .unusable }
    }
}
