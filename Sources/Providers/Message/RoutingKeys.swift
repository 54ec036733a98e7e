import Domain

extension BodyTemplate {
    /// The members One Pocket routes a tap by, all of them strings, without braces. What the event does not have is left
    /// out; `params` and `receiver` are always there (contract details: what reaches the phone).
    mutating func routingKeys(of message: Message, params: String) {
        literal(#""type":"#)
        string(message.app)
        literal(#","event-type":"#)
        string(message.action)
        literal(#","params":"#)
        string(params)
        if let resource = message.resourceID {
            literal(#","resource":"#)
            string(resource)
        }
        if let subResource = message.resourceSubID {
            literal(#","sub-resource":"#)
            string(subResource)
        }
        if let sender = message.authorID {
            literal(#","sender":"#)
            string(sender)
        }
        if let about = message.about {
            literal(#","about":"#)
            string(about)
        }
        literal(#","receiver":""#)
        gap(.receiver)
        literal(#"""#)
    }

    /// Renders `message` with its texts cut so that no delivery of it passes the limit.
    ///
    /// - Parameters:
    ///   - message: whole.
    ///   - limits: the receiver's room, and the provider's limit unless `bytesMax` names another.
    ///   - bytesMax: a limit that is not `limits.payloadBytesMax`.
    ///   - textCopies: how often `render` writes title, body and `params`.
    ///   - render: makes the body of the texts.
    /// - Returns: what `render` made of the texts that fit.
    /// - Throws: ``MessageTooLargeError`` when the routing keys alone are too long.
    static func fitted(
        _ message: Message,
        limits: Limits,
        bytesMax: Int? = nil,
        textCopies: Int = 1,
        render: (MessageFitting) -> BodyTemplate
    ) throws(MessageTooLargeError) -> BodyTemplate {
        let limit = bytesMax ?? limits.payloadBytesMax
        let frame = render(MessageFitting(title: "", body: "", params: ""))
        let room = limit - frame.bytesMax(limits: limits)
        do {
            return render(try MessageFitting(message, room: floorDivide(room, textCopies), limit: limit))
        } catch {
            throw MessageTooLargeError(bytes: limit + (error.bytes - limit) * textCopies, limit: limit)
        }
    }

    /// Rounds down below zero too: a frame that is one byte too long must not find room for nothing.
    private static func floorDivide(_ number: Int, _ divisor: Int) -> Int {
        number >= 0 ? number / divisor : -((divisor - 1 - number) / divisor)
    }
}

extension MessageFitting {
    init(title: String, body: String, params: String) {
        self.title = title
        self.body = body
        self.params = params
    }
}
