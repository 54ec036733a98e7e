import Domain

/// Reads a CloudEvent 1.0 of type `fr.ent.publication` [CloudEvents JSON format §3].
struct CloudEventReader {
    static let type = "fr.ent.publication"

    private let limits: Limits
    private let receivedAt: Instant

    init(limits: Limits, receivedAt: Instant) {
        self.limits = limits
        self.receivedAt = receivedAt
    }

    /// - Throws: 422 with every mistake, or 400 when `data_base64` is no JSON.
    func publication(_ value: JSONValue) throws(EventRefusal) -> (Publication, [ReceiptWarning]) {
        guard let event = value.object else {
            throw EventRefusal(
                422,
                "invalidEvent",
                "An event is a JSON object.",
                errors: [
                    FieldError(.root, "wrongType", "Expected an object, found \(value.typeName).")
                ]
            )
        }
        var reader = MemberReader(limits: limits)
        let attributes = self.attributes(event, &reader)
        guard let data = try data(event, &reader) else {
            try reader.finish()
            preconditionFailure("Data that is missing is a mistake on record.")
        }
        let publication = self.publication(data, attributes, &reader)
        try reader.finish()
        guard let publication else {
            preconditionFailure("A publication that is missing a member has a mistake on record.")
        }
        return (publication, reader.warnings)
    }

    private static let known: Set<String> = [
        "app", "action", "school", "audience", "author", "title", "body", "resource", "params", "urgency", "revision",
        "notBefore", "expiresAt",
    ]

    // MARK: - Attributes

    private struct Attributes {
        var id: String?
        var source: String?
        var subject: String?
        var time: Instant?
        var dataClass: DataClass?
    }

    private func attributes(_ event: JSONObject, _ reader: inout MemberReader) -> Attributes {
        if let version = reader.identifier(event, "specversion", at: "/specversion", isRequired: true), version != "1.0"
        {
            reader.fail("/specversion", "unknownValue", "Expected 1.0.")
        }
        if let type = reader.identifier(event, "type", at: "/type", isRequired: true), type != Self.type {
            reader.fail("/type", "unknownValue", "Expected \(Self.type).")
        }
        if let type = reader.text(event, "datacontenttype", at: "/datacontenttype"), ContentType(type)?.isJSON != true {
            reader.fail("/datacontenttype", "unknownValue", "Expected application/json.")
        }
        return Attributes(
            id: reader.identifier(event, "id", at: "/id", isRequired: true),
            source: reader.identifier(event, "source", at: "/source", isRequired: true),
            subject: reader.identifier(event, "subject", at: "/subject"),
            time: reader.instant(event, "time", at: "/time"),
            dataClass: reader.word(
                event,
                "dataclassification",
                at: "/dataclassification",
                DataClass.init(name:),
                "clear, generic or encrypted"
            )
        )
    }

    /// `data`, or `data_base64` decoded [CloudEvents JSON format §3.1.1]; both at once are a mistake.
    private func data(_ event: JSONObject, _ reader: inout MemberReader) throws(EventRefusal) -> JSONObject? {
        if let encoded = reader.text(event, "data_base64", at: "/data_base64") {
            guard MemberReader.present(event, "data") == nil else {
                reader.fail("/data_base64", "contradiction", "An event has data or data_base64, not both.")
                return nil
            }
            guard let bytes = Base64.decode(encoded) else {
                reader.fail("/data_base64", "malformed", "Expected base64.")
                return nil
            }
            let value: JSONValue
            do { value = try JSONParser.parse(bytes, depthMax: limits.jsonDepthMax) } catch { throw .json(error) }
            return reader.object(JSONObject(["data": value]), "data", at: "/data_base64")
        }
        guard MemberReader.present(event, "data") != nil else {
            if reader.errors.allSatisfy({ $0.pointer != "/data_base64" }) {
                reader.fail("/data", "missing", "This member is required.")
            }
            return nil
        }
        return reader.object(event, "data", at: "/data")
    }

    // MARK: - Data

    private func publication(_ data: JSONObject, _ attributes: Attributes, _ reader: inout MemberReader) -> Publication?
    {
        let app = reader.identifier(data, "app", at: "/data/app", isRequired: true, bytesMax: routingWordBytesMax)
        let action = reader.identifier(
            data,
            "action",
            at: "/data/action",
            isRequired: true,
            bytesMax: routingWordBytesMax
        )
        let school = reader.identifier(data, "school", at: "/data/school", isRequired: true)
        let audience = AudienceReader.read(data, &reader)
        let author = reader.object(data, "author", at: "/data/author")
        let authorID = reader.identifier(author, "id", at: "/data/author/id", bytesMax: limits.userIDBytesMax)
        let authorName = reader.name(author, "name", at: "/data/author/name")
        let title = reader.text(data, "title", at: "/data/title")
        let body = reader.text(data, "body", at: "/data/body")
        let resource = reader.object(data, "resource", at: "/data/resource")
        let resourceID = reader.identifier(resource, "id", at: "/data/resource/id")
        let resourceSubID = reader.identifier(resource, "subId", at: "/data/resource/subId")
        let resourceURI = reader.link(resource, "uri", at: "/data/resource/uri")
        let params = reader.object(data, "params", at: "/data/params")
        // Without an address of its own the resource's is this one.
        if resourceURI == nil, params?["resourceUri"]?.string != nil {
            _ = reader.link(params, "resourceUri", at: "/data/params/resourceUri")
        }
        reader.warnOfUnknown(data, known: Self.known, at: "/data")
        reader.warnOfUnknown(resource, known: ["id", "subId", "uri"], at: "/data/resource")
        reader.warnOfUnknown(author, known: ["id", "name"], at: "/data/author")
        let urgency = reader.word(data, "urgency", at: "/data/urgency", Urgency.init(name:), "low, normal or urgent")
        let revision = self.revision(data, &reader)
        let notBefore = reader.soon(
            reader.instant(data, "notBefore", at: "/data/notBefore"),
            at: "/data/notBefore",
            receivedAt
        )
        let expiresAt = reader.instant(data, "expiresAt", at: "/data/expiresAt")
        if let notBefore, let expiresAt, expiresAt <= notBefore {
            reader.fail("/data/expiresAt", "notAfterNotBefore", "expiresAt must be later than notBefore.")
        }
        guard let app, let action, let audience else { return nil }
        return Publication(
            source: attributes.source,
            id: attributes.id,
            subject: attributes.subject,
            revision: revision,
            time: attributes.time,
            app: app,
            action: action,
            school: school,
            audience: audience,
            authorID: authorID,
            authorName: authorName,
            title: reader.title(title, at: "/data/title"),
            body: reader.body(body, at: "/data/body"),
            resourceID: resourceID,
            resourceSubID: resourceSubID,
            resourceURI: resourceURI,
            params: .object(params ?? JSONObject()),
            urgency: urgency,
            dataClass: attributes.dataClass,
            notBefore: notBefore,
            expiresAt: expiresAt
        )
    }

    private func revision(_ data: JSONObject, _ reader: inout MemberReader) -> Int64 {
        guard let value = MemberReader.present(data, "revision") else { return 0 }
        guard let revision = value.int64, revision >= 0 else {
            reader.fail("/data/revision", "wrongType", "Expected a whole number from 0.")
            return 0
        }
        return revision
    }
}
