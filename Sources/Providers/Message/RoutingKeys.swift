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
        literal(#","receiver":""#)
        gap(.receiver)
        literal(#"""#)
    }

    /// Renders `message` with its texts cut so that no delivery of it passes the limit.
    static func fitted(
        _ message: Message,
        limits: Limits,
        render: (MessageFitting) -> BodyTemplate
    ) throws(MessageTooLarge) -> BodyTemplate {
        let frame = render(MessageFitting(title: "", body: "", params: ""))
        let room = limits.payloadBytesMax - frame.bytesMax(limits: limits)
        return render(try MessageFitting(message, room: room, limit: limits.payloadBytesMax))
    }
}

extension MessageFitting {
    init(title: String, body: String, params: String) {
        self.title = title
        self.body = body
        self.params = params
    }
}
