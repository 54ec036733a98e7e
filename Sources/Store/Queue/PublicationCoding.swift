import Domain

/// A publication as JSON, the form it has in the `content` table. Reads what any earlier release wrote.
enum PublicationCoding {
    static func encode(_ publication: Publication) -> [UInt8] {
        var object = JSONObject()
        func set(_ name: String, _ text: String?) { if let text { object[name] = .string(text) } }
        func set(_ name: String, _ instant: Instant?) {
            if let instant { object[name] = .number("\(instant.milliseconds)") }
        }
        set("source", publication.source)
        set("id", publication.id)
        set("subject", publication.subject)
        object["revision"] = .number("\(publication.revision)")
        set("time", publication.time)
        set("app", publication.app)
        set("action", publication.action)
        set("school", publication.school)
        object["audience"] = .array(publication.audience.map(AudienceCoding.value))
        set("authorID", publication.authorID)
        set("authorName", publication.authorName)
        set("title", publication.title)
        set("body", publication.body)
        object["wantsPush"] = .bool(publication.wantsPush)
        set("resourceID", publication.resourceID)
        set("resourceSubID", publication.resourceSubID)
        set("resourceURI", publication.resourceURI)
        object["params"] = publication.params
        set("urgency", publication.urgency?.name)
        set("dataClass", publication.dataClass?.name)
        set("notBefore", publication.notBefore)
        set("expiresAt", publication.expiresAt)
        return JSONWriter.bytes(.object(object))
    }

    static func decode(_ bytes: [UInt8]) throws(StoreError) -> Publication {
        guard let object = parse(bytes)?.object,
            let app = object["app"]?.string, let action = object["action"]?.string,
            // Whoever is left out here is never rung, and nobody would know.
            let members = object["audience"]?.array, case let audience = members.compactMap(AudienceCoding.member),
            audience.count == members.count
        else { throw .damaged("the content of an event") }
        func instant(_ name: String) throws(StoreError) -> Instant? {
            guard let milliseconds = object[name]?.int64 else { return nil }
            guard Instant.stored.contains(milliseconds) else { throw .damaged("a time in the content of an event") }
            return Instant(milliseconds: milliseconds)
        }
        return Publication(
            source: object["source"]?.string,
            id: object["id"]?.string,
            subject: object["subject"]?.string,
            revision: object["revision"]?.int64 ?? 0,
            time: try instant("time"),
            app: app,
            action: action,
            school: object["school"]?.string,
            audience: audience,
            authorID: object["authorID"]?.string,
            authorName: object["authorName"]?.string,
            title: object["title"]?.string,
            body: object["body"]?.string ?? "",
            wantsPush: object["wantsPush"]?.bool ?? true,
            resourceID: object["resourceID"]?.string,
            resourceSubID: object["resourceSubID"]?.string,
            resourceURI: object["resourceURI"]?.string,
            params: object["params"] ?? .object(JSONObject()),
            urgency: object["urgency"]?.string.flatMap(Urgency.init(name:)) ?? .normal,
            dataClass: object["dataClass"]?.string.flatMap(DataClass.init(name:)),
            notBefore: try instant("notBefore"),
            expiresAt: try instant("expiresAt")
        )
    }

    private static func parse(_ bytes: [UInt8]) -> JSONValue? {
        do { return try JSONParser.parse(bytes, depthMax: JSONParser.depthCeiling, nameBytesMax: .max) } catch {
            return nil
        }
    }
}

/// Warnings of a receipt as the API writes them: `{"pointer", "code", "detail"}`.
enum ReceiptWarningCoding {
    static func text(_ warnings: [ReceiptWarning]) -> String {
        JSONWriter.text(
            .array(
                warnings.map {
                    ["pointer": .string($0.pointer), "code": .string($0.code), "detail": .string($0.detail)]
                }
            )
        )
    }

    /// What cannot be read is left out: a warning stops nobody from being rung.
    static func warnings(_ text: String) -> [ReceiptWarning] {
        let values: [JSONValue]
        do { values = try JSONParser.parse(text).array ?? [] } catch { return [] }
        return values.compactMap { value in
            guard let code = value["code"]?.string else { return nil }
            return ReceiptWarning(
                pointer: value["pointer"]?.string ?? "",
                code: code,
                detail: value["detail"]?.string ?? ""
            )
        }
    }
}
