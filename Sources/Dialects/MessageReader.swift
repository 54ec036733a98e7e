import Domain

/// What the ENT's timeline and broker messages have in common.
enum MessageReader {
    /// User ids as audience, each once, in the order of the message; nil when something is wrong.
    static func audience(
        _ ids: [(JSONValue?, JSONPointer)],
        at pointer: JSONPointer,
        _ reader: inout MemberReader
    ) -> [AudienceMember]? {
        guard !ids.isEmpty else {
            reader.fail(pointer, "empty", "The message names no recipient.")
            return nil
        }
        guard ids.count <= reader.limits.recipientsMax else {
            reader.fail(pointer, "tooMany", "A message names at most \(reader.limits.recipientsMax) recipients.")
            return nil
        }
        var members: [AudienceMember] = []
        var seen: Set<ExactText> = []
        var isComplete = true
        for (value, pointer) in ids {
            guard let text = value?.string else {
                reader.fail(pointer, "wrongType", "Expected a user id.")
                isComplete = false
                continue
            }
            guard let id = reader.checked(text, at: pointer, bytesMax: reader.limits.userIDBytesMax) else {
                isComplete = false
                continue
            }
            if seen.insert(ExactText(id)).inserted { members.append(.user(id)) }
        }
        return isComplete ? members : nil
    }

    /// Template variables with string values, as the phone and the broker know them: numbers and booleans become their text,
    /// null is left out, anything nested its JSON. A `resourceUri` among them is where the notification leads; one that is no text, or
    /// empty, is none.
    static func params(_ message: JSONObject, _ reader: inout MemberReader) -> JSONObject {
        guard var object = reader.object(message, "params", at: "/params") else { return JSONObject() }
        if object["resourceUri"]?.string?.isEmpty ?? true { object["resourceUri"] = nil }
        _ = reader.link(object, "resourceUri", at: "/params/resourceUri")
        return object.compactMapValues { value in
            switch value {
            case .null: nil
            case .string: value
            case .bool(let value): .string(value ? "true" : "false")
            case .number: .string(text(ofNumber: value))
            case .array, .object: .string(JSONWriter.text(value))
            }
        }
    }

    struct Push {
        var title: String?
        var body: String?
    }

    /// `pushNotif`; nil when the ENT wants no push (null or absent).
    static func push(_ message: JSONObject, _ reader: inout MemberReader) -> Push? {
        guard let push = reader.object(message, "pushNotif", at: "/pushNotif") else { return nil }
        return Push(
            title: reader.text(push, "title", at: "/pushNotif/title"),
            body: reader.text(push, "body", at: "/pushNotif/body")
        )
    }

    /// A resource's id; the ENT writes some as numbers.
    static func resource(_ message: JSONObject, _ name: String, _ reader: inout MemberReader) -> String? {
        if let value = message[name], case .number = value { return text(ofNumber: value) }
        if message[name]?.string?.isEmpty == true { return nil }
        return reader.identifier(message, name, at: JSONPointer.root.member(name))
    }

    /// A whole number without fraction or exponent, however it was written: the other end compares texts.
    private static func text(ofNumber value: JSONValue) -> String {
        if let whole = value.int64 { return String(whole) }
        guard case .number(let text) = value else { preconditionFailure("Only numbers are asked for their text.") }
        return text
    }

    /// Splits `blog.publish-post`, `homeworks.entries.modified` at the first dot into upper-case routing words, as One Pocket routes by.
    static func routing(_ notificationName: String) -> (app: String, action: String)? {
        guard let dot = notificationName.firstIndex(of: ".") else { return nil }
        let type = notificationName[..<dot]
        let action = notificationName[notificationName.index(after: dot)...]
        guard !type.isEmpty, !action.isEmpty else { return nil }
        return (type.uppercased(), action.uppercased())
    }

    /// A publication date: later than now it holds the event back, otherwise it is the publication's time.
    static func schedule(_ date: Instant?, receivedAt: Instant) -> (notBefore: Instant?, time: Instant?) {
        guard let date else { return (nil, nil) }
        return date > receivedAt ? (date, nil) : (nil, date)
    }
}
