import Dialects
import Domain
import TestSupport
import Testing

/// What a reader says of an event it accepts.
@Suite struct ReadingWarningsTests {
    private func warnings(_ data: JSONValue) throws -> [String] {
        let body = EventParserTests.changed([:], data)
        return try event(body, contentType: "application/cloudevents+json").warnings.map { "\($0.pointer) \($0.code)" }
    }

    private func dialect(_ message: JSONValue) throws -> ParsedEvent {
        try event(JSONWriter.bytes(message), contentType: "application/json")
    }

    private static func broker(_ more: JSONValue = [:]) -> JSONValue {
        var message = JSONObject(["notificationName": "communities.resource_new", "recipientIds": ["u"]])
        for member in more.object ?? JSONObject() { message[member.name] = member.value }
        return .object(message)
    }

    @Test func `an event that is read whole is warned of nothing`() throws {
        #expect(
            try warnings([
                "title": "T", "body": "B", "author": ["id": "a", "name": "A"],
                "resource": ["id": "1", "uri": "/r", "subId": "2"],
                "params": ["anything": 1], "urgency": "low", "revision": 1, "notBefore": nil, "expiresAt": nil,
            ]) == []
        )
    }

    @Test func `members nobody asked for are named, in the data alone`() throws {
        #expect(
            try warnings(["titel": "T", "resource": ["url": "/r"], "author": ["nom": "A"]])
                == ["/data/titel unknownMember", "/data/resource/url unknownMember", "/data/author/nom unknownMember"]
        )
        let long = String(repeating: "x", count: 250)
        var one = JSONObject()
        one[long] = 1
        let told = try warnings(.object(one))
        #expect(told.count == 1 && told.allSatisfy { $0.utf8.count < 100 })
        var many = JSONObject()
        for number in 0..<5000 { many["m\(number)"] = 1 }
        #expect(try warnings(.object(many)).count <= 100)
    }

    @Test func `a text that is cut is told, one that fits is not`() throws {
        let title = String(repeating: "t", count: 121)
        let body = String(repeating: "b", count: 241)
        #expect(
            try warnings(["title": .string(title), "body": .string(body)]) == [
                "/data/title textCut", "/data/body textCut",
            ]
        )
        #expect(
            try warnings(["title": .string(String(title.dropLast())), "body": .string(String(body.dropLast()))]) == []
        )
        #expect(
            try dialect(Self.broker(["pushNotif": ["title": "T", "body": .string(body)]])).warnings.map(\.pointer) == [
                "/pushNotif/body"
            ]
        )
    }

    @Test func `the broker's applications are in capitals, communities too`() throws {
        let publication = try dialect(Self.broker()).publication
        #expect(publication.app == "COMMUNITIES" && publication.action == "RESOURCE_NEW")
    }

    @Test(arguments: [nil, "", 5, ["a"]] as [JSONValue])
    func `an address in params that is no text is none`(_ posted: JSONValue) throws {
        let message = Self.broker(["params": ["resourceUri": posted, "n": 5], "resourceUri": "/communities/id/5"])
        let publication = try dialect(message).publication
        #expect(publication.resourceURI == "/communities/id/5")
        #expect(publication.params["resourceUri"] == "/communities/id/5" && publication.params["n"] == "5")
    }

    @Test func `an address in params that is alone has to be one`() throws {
        #expect(throws: EventRefusal.self) { try warnings(["params": ["resourceUri": "javascript:alert(1)"]]) }
        #expect(try warnings(["resource": ["uri": "/r"], "params": ["resourceUri": "javascript:alert(1)"]]) == [])
    }

    @Test func `marks that turn a text round are taken out, and isolates are closed`() throws {
        let body = EventParserTests.changed([:], ["title": "a\u{202E}b", "body": "\u{2067}c"])
        let publication = try EventParserTests.parse(body)
        #expect(publication.title == "ab")
        #expect(Array(publication.body.unicodeScalars) == ["\u{2067}", "c", "\u{2069}"])
    }
}
