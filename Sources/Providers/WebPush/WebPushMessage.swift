package import Domain

/// A message in the form browsers get, rendered once per event and text variant; receiver and collapse identifier
/// differ between deliveries.
///
/// It says everything twice: under `notification`, as a browser with Declarative Web Push shows it by itself
/// (`web_push` 8030), and at the top, where the service workers of the others look. Both carry the keys One Pocket
/// routes a tap by.
package struct WebPushMessage: Sendable {
    let template: BodyTemplate

    init(template: BodyTemplate) { self.template = template }

    /// Every plaintext made from it is at most `bytesMax` bytes, as long as the escaped receiver is at most
    /// `limits.userIDBytesMax`.
    ///
    /// - Parameters:
    ///   - message: what to say, before any cut.
    ///   - base: where the ENT is; opens the page of a tap. Without it only a resource that is an https URL itself can
    ///     be opened declaratively, and the service worker has to show the others.
    ///   - bytesMax: ``bytesMax(host:)`` of the push service.
    ///   - limits: the room of the receiver, and a limit that is lower still.
    /// - Throws: ``MessageTooLargeError`` when the routing keys alone are too long.
    package init(
        _ message: Message,
        base: NavigationBase? = nil,
        bytesMax: Int = WebPushEncryption.plaintextBytesMax,
        limits: Limits = Limits()
    ) throws(MessageTooLargeError) {
        let navigate = NavigationBase.target(of: message.params["resourceUri"]?.string, base: base)
        template = try BodyTemplate.fitted(
            message,
            limits: limits,
            bytesMax: min(bytesMax, limits.payloadBytesMax),
            textCopies: 2
        ) { texts in
            var template = BodyTemplate()
            template.literal(#"{"web_push":8030,"notification":{"#)
            template.texts(texts)
            if let navigate {
                template.literal(#","navigate":"#)
                template.string(navigate)
            }
            template.literal(#","data":{"#)
            template.routingKeys(of: message, params: texts.params)
            template.literal("}},")
            template.texts(texts)
            template.literal(#","data":{"#)
            template.routingKeys(of: message, params: texts.params)
            template.literal("}}")
            return template
        }
    }

    /// The byte budget of a push service. Mozilla's does not say which of its browsers are behind the bridge to
    /// Firebase, and an answer 413 would come too late for those that are.
    package static func bytesMax(host: String) -> Int {
        host.hasSuffix(".push.services.mozilla.com")
            ? WebPushEncryption.bridgedPlaintextBytesMax : WebPushEncryption.plaintextBytesMax
    }

    /// Appends one delivery's plaintext, for ``WebPushEncryption``.
    ///
    /// - Parameters:
    ///   - receiver: the ENT user id, UTF-8, unescaped.
    ///   - collapseID: 32 lower-case hex characters; becomes `tag`.
    ///   - plaintext: is not cleared.
    package func appendPlaintext(receiver: Span<UInt8>, collapseID: Span<UInt8>, to plaintext: inout [UInt8]) {
        var start = 0
        for position in template.positions {
            plaintext.append(contentsOf: template.bytes[start..<position.offset])
            start = position.offset
            switch position.gap {
            case .receiver: JSONText.appendEscaped(receiver, to: &plaintext)
            case .collapseID: collapseID.withUnsafeBufferPointer { plaintext.append(contentsOf: $0) }
            case .target, .timeToLive, .expiration, .encrypted:
                preconditionFailure("The plaintext has no gap but receiver and tag.")
            }
        }
        plaintext.append(contentsOf: template.bytes[start...])
    }
}

extension BodyTemplate {
    /// Title, body and tag, without braces.
    fileprivate mutating func texts(_ texts: MessageFitting) {
        literal(#""title":"#)
        string(texts.title)
        literal(#","body":"#)
        string(texts.body)
        literal(#","tag":""#)
        gap(.collapseID)
        literal(#"""#)
    }
}
