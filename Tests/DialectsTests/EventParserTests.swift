// swift-format-ignore-file: NeverForceUnwrap, NeverUseForceTry

import Dialects
import Domain
import TestSupport
import Testing

/// The rules of the dialects, one row each.
struct EventParserTests {
    static let good: JSONValue = [
        "specversion": "1.0", "id": "1", "source": "https://ent.example.org/one", "type": "fr.ent.publication",
        "data": ["app": "BLOG", "action": "PUBLISH-POST", "school": "0429901A", "audience": [["class": "70011"]]],
    ]

    /// The good event with members of the envelope or of its data replaced; null removes.
    static func changed(_ envelope: JSONValue, _ data: JSONValue = [:]) -> [UInt8] {
        var event = good.object!
        var inner = event["data"]!.object!
        for member in data.object! { inner[member.name] = member.value }
        event["data"] = .object(inner)
        for member in envelope.object! { event[member.name] = member.value }
        return JSONWriter.bytes(.object(event))
    }

    static func parse(_ body: [UInt8]) throws -> Publication {
        try event(body, contentType: "application/cloudevents+json").publication
    }

    @Test func `an event with the required members alone is accepted`() throws {
        let parsed = try event(Self.changed([:]), contentType: "application/cloudevents+json")

        #expect(parsed.identity == .event(source: "https://ent.example.org/one", id: "1"))
        #expect(parsed.publication.audience == [.schoolClass("70011")])
        #expect(
            parsed.publication.title == nil && parsed.publication.urgency == nil
                && parsed.publication.dataClass == nil
        )
        #expect(parsed.publication.params == [:])
    }

    static let envelopes: [(JSONValue, String)] = [
        (["specversion": "1"], "/specversion"), (["specversion": 1.0], "/specversion"),
        (["specversion": nil], "/specversion"), (["id": ""], "/id"),
        (["id": " "], "/id"), (["id": "a\nb"], "/id"), (["id": .string(String(repeating: "x", count: 513))], "/id"),
        (["source": nil], "/source"),
        (["type": "other"], "/type"), (["time": "2026-09-14T16:31:00"], "/time"), (["subject": 5], "/subject"),
        (["dataclassification": "secret"], "/dataclassification"),
        (["datacontenttype": "text/plain"], "/datacontenttype"),
        (["data": "x"], "/data"), (["data": nil], "/data"), (["data_base64": "e30="], "/data_base64"),
    ]

    @Test(arguments: envelopes)
    func `a wrong attribute is named`(change: JSONValue, pointer: String) {
        let refusal = #expect(throws: EventRefusal.self) { try Self.parse(Self.changed(change)) }
        #expect(refusal?.status == 422)
        #expect(refusal?.errors.map(\.pointer.description) == [pointer])
    }

    static let datas: [(JSONValue, String)] = [
        (["app": nil], "/data/app"), (["action": ""], "/data/action"), (["school": nil], "/data/school"),
        (["audience": []], "/data/audience"),
        (["audience": [["class": "1"], ["teacher": "2"]]], "/data/audience/1"),
        (["audience": [["class": "1", "pupil": "2"]]], "/data/audience/0"),
        (["audience": [["student": "1", "pupil": "1"]]], "/data/audience/0"),
        (["audience": [["class": 5]]], "/data/audience/0/class"),
        (["audience": [["class": ""]]], "/data/audience/0/class"), (["audience": ["x"]], "/data/audience/0"),
        (["audience": [["user": .string(String(repeating: "u", count: 129))]]], "/data/audience/0/user"),
        (["author": "x"], "/data/author"),
        (["title": 1], "/data/title"), (["params": []], "/data/params"), (["urgency": "high"], "/data/urgency"),
        (["revision": -1], "/data/revision"),
        (["revision": 1.5], "/data/revision"), (["notBefore": "tomorrow"], "/data/notBefore"),
        (["notBefore": "2026-09-14T16:31:00Z", "expiresAt": "2026-09-14T18:31:00+02:00"], "/data/expiresAt"),
    ]

    @Test(arguments: [
        "/blog#/view/1", "/", "blog/1", "#/view", "?a=b:c", "https://ent.example.org/x", "HTTP://ent.example.org",
        "/a b", "",
    ])
    func `a resource leads to a path or to http`(uri: String) throws {
        #expect(throws: Never.self) { try Self.parse(Self.changed([:], ["resource": ["uri": .string(uri)]])) }
    }

    @Test(arguments: [
        "javascript:alert(1)", "mailto:a@b.fr", "tel:112", "//evil.example/x", "/\\evil.example", " https://x",
        "https:/x",
        "http:evil", "https://", "java\tscript:x", "/a\u{202E}b", "/" + String(repeating: "a", count: 2000),
    ])
    func `a resource that leads elsewhere is named`(uri: String) {
        let refusal = #expect(throws: EventRefusal.self) {
            try Self.parse(Self.changed([:], ["resource": ["uri": .string(uri)]]))
        }
        #expect(refusal?.errors.map(\.pointer.description) == ["/data/resource/uri"])
    }

    @Test(arguments: ["a\u{85}b", "a\u{9F}", "\u{202E}gpj", "a\u{2066}b", "a\u{7F}"])
    func `controls and overrides are refused in ids and names`(text: String) {
        let value = JSONValue.string(text)
        let changes: [(JSONValue, JSONValue, String)] = [
            (["id": value], [:], "/id"), (["source": value], [:], "/source"), (["subject": value], [:], "/subject"),
            ([:], ["author": ["id": value]], "/data/author/id"),
            ([:], ["author": ["name": value]], "/data/author/name"),
            ([:], ["audience": [["class": value]]], "/data/audience/0/class"), ([:], ["app": value], "/data/app"),
        ]
        for (envelope, data, pointer) in changes {
            let refusal = #expect(throws: EventRefusal.self) { try Self.parse(Self.changed(envelope, data)) }
            #expect(refusal?.errors.map(\.pointer.description) == [pointer])
        }
    }

    @Test func `two spellings of an accented key are two members of the audience`() throws {
        let audience: JSONValue = [["class": "\u{E9}"], ["class": "e\u{301}"], ["class": "\u{E9}"]]
        #expect(try Self.parse(Self.changed([:], ["audience": audience])).audience.count == 2)
    }

    @Test(arguments: datas)
    func `a wrong member of the data is named`(change: JSONValue, pointer: String) {
        let refusal = #expect(throws: EventRefusal.self) { try Self.parse(Self.changed([:], change)) }
        #expect(refusal?.errors.map(\.pointer.description) == [pointer])
    }

    @Test func `unknown members are ignored and student means pupil`() throws {
        let publication = try Self.parse(
            Self.changed(
                ["x": 1],
                ["y": 2, "audience": [["student": "1", "label": "x"], ["pupil": "1"], ["group": "2", "class": nil]]]
            )
        )
        #expect(publication.audience == [.pupil("1"), .group("2")])
    }

    @Test func `texts are plain and cut`() throws {
        let publication = try Self.parse(
            Self.changed(
                [:],
                ["title": "<p>L&apos;&eacute;cole</p>", "body": .string(String(repeating: "é ", count: 300))]
            )
        )
        #expect(publication.title == "L'école")
        #expect(publication.body.count <= 240 && publication.body.hasSuffix("…"))
    }

    @Test func `data in base64 is read`() throws {
        let data = JSONWriter.bytes(Self.good["data"]!)
        #expect(try Self.parse(Self.changed(["data": nil, "data_base64": .string(Base64.encode(data))])).app == "BLOG")
        let refusal = #expect(throws: EventRefusal.self) {
            try Self.parse(Self.changed(["data": nil, "data_base64": "ew=="]))
        }
        #expect(refusal?.status == 400)
    }

    @Test func `the binary mode reads percent-encoded headers once`() throws {
        let headers = [
            "ce-specversion": "1.0", "ce-id": "caf%C3%A9%2541", "ce-source": "https://ent.example.org/one",
            "ce-type": "fr.ent.publication",
            "ce-dataclassification": "generic",
        ]
        let body = JSONWriter.bytes(Self.good["data"]!)
        let parsed = try event(body, contentType: "application/json", headers: headers)

        #expect(parsed.identity == .event(source: "https://ent.example.org/one", id: "café%41"))
        #expect(parsed.publication.dataClass == .generic)

        for id in ["%C0%A0", "%G1", "%4"] {
            let refusal = #expect(throws: EventRefusal.self) {
                try event(body, contentType: "application/json", headers: headers.merging(["ce-id": id]) { $1 })
            }
            #expect(refusal?.errors.map(\.pointer.description) == ["/id"])
        }
    }

    @Test(arguments: [
        ("text/plain", 415), ("application/xml", 415), ("application/cloudevents+xml", 415),
        ("application/json; charset=latin1", 415), ("json", 415),
        ("application/vnd.x+json", 415), ("APPLICATION/CloudEvents+JSON ; charset=\"UTF-8\"", 202),
    ])
    func `the content type decides`(contentType: String, status: Int) {
        var found = 202
        do { _ = try event(Self.changed([:]), contentType: contentType) } catch {
            found = (error as? EventRefusal)?.status ?? 0
        }
        #expect(found == status)
    }

    static let batches: [(JSONValue, Int)] = [
        ([:], 422), ([], 422), (.array(Array(repeating: 1, count: 501)), 413),
        (.array(Array(repeating: 1, count: 500)), 202),
    ]

    @Test(arguments: batches)
    func `a batch has bounds`(value: JSONValue, status: Int) {
        var found = 202
        do {
            _ = try EventParser(limits: Limits()).parse(
                contentType: "application/cloudevents-batch+json",
                header: { _ in nil },
                body: JSONWriter.bytes(value),
                receivedAt: now
            )
        } catch { found = error.status }
        #expect(found == status)
    }

    static let identities: [([String: String], EventIdentity)] = [
        ([:], .bytes), (["webhook-id": "msg_1"], .webhookID("msg_1")),
        (["idempotency-key": "\"a\\\"b\" ;x=1", "webhook-id": "m"], .idempotencyKey("a\"b")),
        (["idempotency-key": " 8e03978e-40d5 "], .idempotencyKey("8e03978e-40d5")),
    ]

    @Test(arguments: identities)
    func `a message without identity takes it from the headers`(headers: [String: String], identity: EventIdentity)
        throws
    {
        #expect(
            try event(try bytes("broker-minimal.json"), contentType: "application/json", headers: headers).identity
                == identity
        )
    }

    @Test(arguments: ["", " ", "\"", "\"a", "\"\"", "\"a\"b", "a,b", "\"é\""])
    func `a malformed idempotency key is refused`(field: String) {
        #expect(EventIdentity.idempotencyKey(field) == nil)
    }

    static let messages: [(JSONValue, [String])] = [
        (["action": "delete", "recipientsIds": ["u"], "type": "A", "event-type": "B"], ["/action"]),
        (
            ["action": "add", "recipientsIds": [5, ""], "type": "A", "event-type": "B"],
            ["/recipientsIds/0", "/recipientsIds/1"]
        ),
        (
            ["action": "add", "recipients": [["userId": "u"], ["id": "v"]], "type": "A", "event-type": "B"],
            ["/recipients/1/userId"]
        ),
        (["action": "add", "recipientsIds": ["u"]], ["/type", "/event-type"]),
        (
            ["action": "add", "recipientsIds": ["u"], "type": "A", "event-type": "B", "date": ["$date": "soon"]],
            ["/date/$date"]
        ),
        (["action": "add", "recipientsIds": ["u"], "type": "A", "event-type": "B", "pushNotif": true], ["/pushNotif"]),
        (["notificationName": "blog", "recipientIds": ["u"]], ["/notificationName"]),
        (["notificationName": "a.b", "recipientIds": []], ["/recipientIds"]),
        (["notificationName": "a.b", "recipientIds": ["u"], "publishDate": "x"], ["/publishDate"]),
    ]

    @Test(arguments: messages)
    func `a wrong member of a message is named`(message: JSONValue, pointers: [String]) {
        let refusal = #expect(throws: EventRefusal.self) {
            try event(JSONWriter.bytes(message), contentType: "application/json")
        }
        #expect(refusal?.status == 422)
        #expect(refusal?.errors.map(\.pointer.description) == pointers)
    }

    @Test func `params are strings and a push without text keeps the kind's title`() throws {
        let message: JSONValue = [
            "notificationName": "blog.publish-post", "recipientIds": ["u", "u"], "pushNotif": [:],
            "params": ["n": 3, "b": true, "x": nil, "o": ["k": 1]], "publishDate": 1_800_000_000_000,
        ]
        let publication = try event(JSONWriter.bytes(message), contentType: "application/json").publication

        #expect(publication.audience == [.user("u")])
        #expect(publication.params == ["n": "3", "b": "true", "o": #"{"k":1}"#])
        #expect(publication.wantsPush && publication.title == nil && publication.body == "")
        #expect(publication.notBefore == Instant(seconds: 1_800_000_000))
    }
}
