import Domain

/// Reads the ENT's bus message `wse.timeline`, `action: "add"`.
///
/// `disableAntiFlood`, mail and preview members have no meaning here: nothing is dropped for coming quickly.
struct TimelineReader {
    private let limits: Limits
    private let receivedAt: Instant

    init(limits: Limits, receivedAt: Instant) {
        self.limits = limits
        self.receivedAt = receivedAt
    }

    /// By shape: an action with anything else a timeline message has, or the timeline's own recipients.
    static func recognises(_ message: JSONObject) -> Bool {
        if message["recipientsIds"] != nil || message["event-type"] != nil { return true }
        return message["action"] != nil
            && (message["recipients"] != nil || message["notificationName"] != nil || message["type"] != nil)
    }

    /// - Throws: 422 with every mistake.
    func publication(_ message: JSONObject) throws(EventRefusal) -> (Publication, [ReceiptWarning]) {
        var reader = MemberReader(limits: limits)
        if let action = reader.identifier(message, "action", at: "/action", isRequired: true), action != "add" {
            reader.fail("/action", "unknownValue", "Expected add.")
        }
        let (app, action) = routing(message, &reader)
        let audience = self.audience(message, &reader)
        let sender = reader.identifier(message, "sender", at: "/sender", bytesMax: limits.userIDBytesMax)
        let push = MessageReader.push(message, &reader)
        let params = MessageReader.params(message, &reader)
        let resource = MessageReader.resource(message, "resource", &reader)
        let subResource = MessageReader.resource(message, "sub-resource", &reader)
        let schedule = MessageReader.schedule(
            reader.soon(reader.date(message, "date", at: "/date"), at: "/date", receivedAt),
            receivedAt: receivedAt
        )

        try reader.finish()
        guard let app, let action, let audience else {
            preconditionFailure("A message that is missing a member has a mistake on record.")
        }
        let publication = Publication(
            time: schedule.time,
            app: app,
            action: action,
            audience: audience,
            authorID: sender,
            authorName: params["username"]?.string.map(PlainText.cleanLine),
            title: reader.title(push?.title, at: "/pushNotif/title"),
            body: reader.body(push?.body.map { Self.withoutNull($0, app: app) }, at: "/pushNotif/body"),
            wantsPush: push != nil,
            resourceID: resource,
            resourceSubID: subResource,
            resourceURI: params["resourceUri"]?.string,
            params: .object(params),
            notBefore: schedule.notBefore
        )
        return (publication, reader.warnings)
    }

    /// `type` and `event-type` as posted; a message without them is known by its notification's name.
    private func routing(_ message: JSONObject, _ reader: inout MemberReader) -> (app: String?, action: String?) {
        let name = reader.identifier(message, "notificationName", at: "/notificationName")
        let fallback = name.flatMap(MessageReader.routing)
        let app = reader.identifier(
            message,
            "type",
            at: "/type",
            isRequired: fallback == nil,
            bytesMax: routingWordBytesMax
        )
        let action = reader.identifier(
            message,
            "event-type",
            at: "/event-type",
            isRequired: fallback == nil,
            bytesMax: routingWordBytesMax
        )
        return (app ?? fallback?.app, action ?? fallback?.action)
    }

    /// `recipientsIds`, or the ids of `recipients` when the short form is absent or empty.
    private func audience(_ message: JSONObject, _ reader: inout MemberReader) -> [AudienceMember]? {
        if let ids = array(message, "recipientsIds", &reader), !ids.isEmpty {
            let pointer: JSONPointer = "/recipientsIds"
            return MessageReader.audience(ids.enumerated().map { ($1, pointer.index($0)) }, at: pointer, &reader)
        }
        let pointer: JSONPointer = "/recipients"
        let recipients = array(message, "recipients", &reader) ?? []
        return MessageReader.audience(
            recipients.enumerated().map { ($1["userId"], pointer.index($0).member("userId")) },
            at: pointer,
            &reader
        )
    }

    private func array(_ message: JSONObject, _ name: String, _ reader: inout MemberReader) -> [JSONValue]? {
        guard let value = MemberReader.present(message, name) else { return nil }
        guard let array = value.array else {
            reader.fail(JSONPointer.root.member(name), "wrongType", "Expected an array, found \(value.typeName).")
            return nil
        }
        return array
    }

    /// Two of the messaging application's paths write the word null for a message without text [ENT facts 1.6].
    private static func withoutNull(_ body: String, app: String) -> String {
        app == "MESSAGERIE" && body.hasSuffix("\nnull") ? String(body.dropLast(5)) : body
    }
}
