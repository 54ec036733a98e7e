package import Domain

/// A message in Firebase's form, rendered once per event and text variant.
///
/// Field names as in the discovery document of FCM HTTP v1 [revision 20261023]; an unknown one is answered with 400.
package struct FCMMessage: Sendable {
    /// The address a delivery goes to; exactly one stands in a message.
    package enum TargetKind: Hashable, Sendable {
        case token
        /// Firebase installation id.
        case installation
    }

    let template: BodyTemplate

    package init(template: BodyTemplate) { self.template = template }

    /// Every body made from it, without the token's own value, is at most `limits.payloadBytesMax` bytes, as long as the
    /// escaped receiver is at most `limits.userIDBytesMax`.
    ///
    /// - Parameters:
    ///   - message: what to say, before any cut.
    ///   - limits: the byte budget.
    /// - Throws: ``MessageTooLargeError`` when the routing keys alone are too long.
    package init(_ message: Message, limits: Limits = Limits()) throws(MessageTooLargeError) {
        template = try BodyTemplate.fitted(message, limits: limits) { texts in
            var template = BodyTemplate()
            template.literal(#"{"message":{"#)
            template.gap(.target)
            template.literal(#","notification":{"title":"#)
            template.string(texts.title)
            template.literal(#","body":"#)
            template.string(texts.body)
            template.literal(#"},"data":{"#)
            template.routingKeys(of: message, params: texts.params)
            template.literal("},")
            template.android(message)
            template.literal(",")
            template.apns(message)
            template.literal("}}")
            return template
        }
    }

    /// What stands around an encrypted text: Android gets data alone, which the app shows; an iPhone the fixed text, until the app has
    /// replaced it.
    ///
    /// `title`: says nothing of what is inside.
    package static func frame(title: String, urgency: Urgency) -> BodyTemplate {
        var template = BodyTemplate()
        template.literal(#"{"message":{"#)
        template.gap(.target)
        template.literal(#","data":{"enc":""#)
        template.gap(.encrypted)
        template.literal(#""},"android":{"collapseKey":""#)
        template.gap(.collapseID)
        template.literal(urgency == .low ? #"","priority":"NORMAL","ttl":""# : #"","priority":"HIGH","ttl":""#)
        template.gap(.timeToLive)
        template.literal(#"s"},"apns":{"headers":{"apns-collapse-id":""#)
        template.gap(.collapseID)
        template.literal(urgency == .low ? #"","apns-priority":"5""# : #"","apns-priority":"10""#)
        template.literal(#","apns-expiration":""#)
        template.gap(.expiration)
        template.literal(#""},"payload":{"aps":{"alert":{"title":"#)
        template.string(title)
        template.literal(#"},"sound":"default","mutable-content":1}}}}}"#)
        return template
    }

    /// Appends one delivery's body. Called on the engine's thread: nothing is encoded or allocated but the buffer's growth.
    ///
    /// - Parameters:
    ///   - kind: which of the two addresses `target` is.
    ///   - target: the token or installation id, unescaped.
    ///   - receiver: the ENT user id, UTF-8, unescaped.
    ///   - collapseID: 32 lower-case hex characters.
    ///   - expiry: becomes `ttl` and, for iPhones behind Firebase, `apns-expiration`.
    ///   - encrypted: what only the device can read, for a message that has it.
    ///   - now: the time of this attempt.
    ///   - body: is not cleared.
    package func appendBody(
        kind: TargetKind,
        target: Span<UInt8>,
        receiver: Span<UInt8>,
        collapseID: Span<UInt8>,
        expiry: Expiry,
        encrypted: [UInt8]? = nil,
        now: Instant,
        to body: inout [UInt8]
    ) {
        var start = 0
        for position in template.positions {
            body.append(contentsOf: template.bytes[start..<position.offset])
            start = position.offset
            switch position.gap {
            case .target:
                body.append(contentsOf: (kind == .token ? #""token":""# : #""fid":""#).utf8)
                JSONText.appendEscaped(target, to: &body)
                body.append(UInt8(ascii: "\""))
            case .receiver: JSONText.appendEscaped(receiver, to: &body)
            case .collapseID: collapseID.withUnsafeBufferPointer { body.append(contentsOf: $0) }
            case .encrypted: body.append(contentsOf: encrypted ?? [])
            case .timeToLive: Decimal.append(expiry.timeToLiveSeconds(now: now), to: &body)
            case .expiration: Decimal.append(expiry.apnsSeconds, to: &body)
            }
        }
        body.append(contentsOf: template.bytes[start...])
    }
}

extension BodyTemplate {
    fileprivate mutating func android(_ message: Message) {
        literal(#""android":{"collapseKey":""#)
        gap(.collapseID)
        // HIGH wakes a dozing phone and must then show something, which a notification does.
        literal(message.urgency == .low ? #"","priority":"NORMAL","ttl":""# : #"","priority":"HIGH","ttl":""#)
        gap(.timeToLive)
        literal(#"s","notification":{"tag":""#)
        gap(.collapseID)
        literal(#"","channelId":"#)
        string(message.channel)
        literal(#","visibility":"PRIVATE"}}"#)
    }

    fileprivate mutating func apns(_ message: Message) {
        literal(#""apns":{"headers":{"apns-collapse-id":""#)
        gap(.collapseID)
        literal(message.urgency == .low ? #"","apns-priority":"5""# : #"","apns-priority":"10""#)
        literal(#","apns-expiration":""#)
        gap(.expiration)
        literal(#""},"payload":{"aps":{"sound":"default","thread-id":"#)
        string(message.channel)
        literal("}}}")
    }
}
