package import Domain

/// A message in Apple's form, rendered once per event and text variant; only the receiver differs between deliveries.
///
/// The routing keys stand beside `aps` [Apple: generating a remote notification].
package struct APNsMessage: Sendable {
    let template: BodyTemplate

    package init(template: BodyTemplate) { self.template = template }

    /// Every body made from it is at most `limits.payloadBytesMax` bytes, as long as the escaped receiver is at most
    /// `limits.userIDBytesMax`.
    ///
    /// - Parameters:
    ///   - message: what to say, before any cut.
    ///   - isTimeSensitiveAllowed: urgent messages break through Focus; the app needs Apple's entitlement for it.
    ///   - limits: the byte budget.
    /// - Throws: ``MessageTooLargeError`` when the routing keys alone are too long.
    package init(
        _ message: Message,
        isTimeSensitiveAllowed: Bool = false,
        limits: Limits = Limits()
    ) throws(MessageTooLargeError) {
        let breaksThrough = isTimeSensitiveAllowed && message.urgency == .urgent
        template = try BodyTemplate.fitted(message, limits: limits) { texts in
            var template = BodyTemplate()
            template.literal(#"{"aps":{"alert":{"title":"#)
            template.string(texts.title)
            if let about = message.about {
                template.literal(#","subtitle":"#)
                template.string(about)
            }
            template.literal(#","body":"#)
            template.string(texts.body)
            template.literal(#"},"sound":"default","thread-id":"#)
            template.string(message.channel)
            // `active` is the default of the level and is not spelt out; what is not urgent at all does not light the screen.
            if breaksThrough { template.literal(#","interruption-level":"time-sensitive""#) }
            if message.urgency == .low { template.literal(#","interruption-level":"passive""#) }
            template.literal("},")
            template.routingKeys(of: message, params: texts.params)
            template.literal("}")
            return template
        }
    }

    /// What stands around an encrypted text: the fixed one, until the app's extension has replaced it.
    ///
    /// `title`: says nothing of what is inside.
    package static func frame(title: String, urgency: Urgency) -> BodyTemplate {
        var template = BodyTemplate()
        template.literal(#"{"aps":{"alert":{"title":"#)
        template.string(title)
        template.literal(#"},"sound":"default","mutable-content":1"#)
        if urgency == .low { template.literal(#","interruption-level":"passive""#) }
        template.literal(#"},"data":{"enc":""#)
        template.gap(.encrypted)
        template.literal(#""}}"#)
        return template
    }

    /// Appends one delivery's body. Called on the engine's thread: nothing is encoded or allocated but the buffer's growth.
    ///
    /// - Parameters:
    ///   - receiver: the ENT user id, UTF-8, unescaped.
    ///   - encrypted: what only the device can read, for a message that has it.
    ///   - body: is not cleared.
    package func appendBody(receiver: Span<UInt8>, encrypted: [UInt8]? = nil, to body: inout [UInt8]) {
        var start = 0
        for position in template.positions {
            body.append(contentsOf: template.bytes[start..<position.offset])
            start = position.offset
            switch position.gap {
            case .receiver: JSONText.appendEscaped(receiver, to: &body)
            case .encrypted: body.append(contentsOf: encrypted ?? [])
            case .target, .collapseID, .timeToLive, .expiration:
                preconditionFailure("The APNs body has no gap but the receiver and the encrypted text.")
            }
        }
        body.append(contentsOf: template.bytes[start...])
    }
}
