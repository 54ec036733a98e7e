import Domain

/// Reads the ENT's broker message `timeline.notification.send`.
struct BrokerReader {
    private let limits: Limits
    private let receivedAt: Instant

    init(limits: Limits, receivedAt: Instant) {
        self.limits = limits
        self.receivedAt = receivedAt
    }

    /// By shape; asked after the timeline message, which carries a `notificationName` too.
    static func recognises(_ message: JSONObject) -> Bool {
        message["recipientIds"] != nil || message["notificationName"] != nil
    }

    /// - Throws: 422 with every mistake.
    func publication(_ message: JSONObject) throws(EventRefusal) -> (Publication, [ReceiptWarning]) {
        var reader = MemberReader(limits: limits)
        let routing = self.routing(message, &reader)
        let audience = self.audience(message, &reader)
        let senderID = reader.identifier(message, "senderId", at: "/senderId", bytesMax: limits.userIDBytesMax)
        let senderName = reader.name(message, "senderName", at: "/senderName")
        let push = MessageReader.push(message, &reader)
        let resourceURI = reader.link(message, "resourceUri", at: "/resourceUri")
        let resourceName = reader.text(message, "resourceName", at: "/resourceName")
        let resourceID = MessageReader.resource(message, "resourceId", &reader)
        let subResourceID = MessageReader.resource(message, "subResourceId", &reader)
        let schedule = MessageReader.schedule(
            reader.soon(reader.date(message, "publishDate", at: "/publishDate"), at: "/publishDate", receivedAt),
            receivedAt: receivedAt
        )
        var params = MessageReader.params(message, &reader)
        // One Pocket reads these from the params; the broker carries them beside.
        for (name, text) in [("username", senderName), ("resourceUri", resourceURI), ("resourceName", resourceName)] {
            if let text, params[name] == nil { params[name] = .string(text) }
        }

        try reader.finish()
        guard let routing, let audience else {
            preconditionFailure("A message that is missing a member has a mistake on record.")
        }
        let publication = Publication(
            time: schedule.time,
            app: routing.app,
            action: routing.action,
            audience: audience,
            authorID: senderID,
            authorName: senderName,
            title: reader.title(push?.title, at: "/pushNotif/title"),
            body: reader.body(push?.body, at: "/pushNotif/body"),
            wantsPush: push != nil,
            resourceID: resourceID,
            resourceSubID: subResourceID,
            resourceURI: resourceURI ?? params["resourceUri"]?.string,
            params: .object(params),
            notBefore: schedule.notBefore
        )
        return (publication, reader.warnings)
    }

    private func routing(_ message: JSONObject, _ reader: inout MemberReader) -> (app: String, action: String)? {
        guard
            let name = reader.identifier(
                message,
                "notificationName",
                at: "/notificationName",
                isRequired: true,
                bytesMax: routingWordBytesMax
            )
        else { return nil }
        guard let routing = MessageReader.routing(name) else {
            reader.fail(
                "/notificationName",
                "malformed",
                "Expected an application and a type with a dot between: blog.publish-post."
            )
            return nil
        }
        return routing
    }

    private func audience(_ message: JSONObject, _ reader: inout MemberReader) -> [AudienceMember]? {
        let pointer: JSONPointer = "/recipientIds"
        guard let value = MemberReader.present(message, "recipientIds") else {
            reader.fail(pointer, "missing", "This member is required.")
            return nil
        }
        guard let ids = value.array else {
            reader.fail(pointer, "wrongType", "Expected an array, found \(value.typeName).")
            return nil
        }
        return MessageReader.audience(ids.enumerated().map { ($1, pointer.index($0)) }, at: pointer, &reader)
    }
}
