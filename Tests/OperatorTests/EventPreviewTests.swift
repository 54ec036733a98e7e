import Domain
import Testing

/// Forecasts from the stores alone; nobody serves them.
@Suite struct EventPreviewTests {
    let fixture: OperatorFixture

    init() async throws {
        fixture = try OperatorFixture()
        try await fixture.fillStore()
        try fixture.write(
            "carillon.yaml",
            """
            data: data
            listen: {admin: admin.sock, metrics: "127.0.0.1:1"}
            storage: {keyFile: storage.key}
            publishers:
              - { name: one, sources: ["https://ent.example.org/one"], schools: ["0429902B"], rights: [events], keysFile: one.keys }
            providers:
              fcm: [ { name: onepocket, app: onepocket, serviceAccountFile: fcm.json, endpoint: "https://localhost:1" } ]

            """
        )
    }

    private static let message = """
        {"action":"add","type":"BLOG","event-type":"PUBLISH-POST","recipientsIds":["guardian-1","stranger"],
         "params":{},"pushNotif":{"title":"Titre","body":"Texte"}}
        """

    private static let cloudEvent = """
        {"specversion":"1.0","id":"1","source":"https://ent.example.org/one","type":"fr.ent.publication",
         "data":{"app":"BLOG","action":"PUBLISH-POST","school":"0429901A","audience":[{"class":"70011"}]}}
        """

    @Test func `a message from a file is forecast, and nothing is stored`() async throws {
        try fixture.write("message.json", Self.message)
        let ran = await fixture.run("event", "preview", fixture.folder + "/message.json", "-o", "json")
        #expect(ran.code == 0, "\(ran.talk)")
        let json = try ran.json
        #expect(json["otherUsers"] == 2 && json["otherUsersReachable"] == 1)
        #expect(json["lanes"] == ["fcm/onepocket": 1] && json["unresolved"] == [["user": "stranger"]])
        let events = await fixture.run("event", "list", "-o", "ids")
        #expect(events.output == fixture.event.description + "\n")
    }

    @Test func `standard input is read, and people get lines without the text`() async {
        let ran = await fixture.run(
            ["event", "preview", "-"],
            input: Self.message.split(separator: "\n").map(String.init)
        )
        #expect(ran.code == 0 && ran.output.contains("BLOG PUBLISH-POST") && ran.output.contains("reachable"))
        #expect(!ran.output.contains("Titre") && !ran.output.contains("Texte"))
    }

    @Test func `what a post would be refused is refused with its code`() async throws {
        try fixture.write("event.json", Self.cloudEvent)
        let path = fixture.folder + "/event.json"
        let school = await fixture.run("event", "preview", path)
        #expect(school.code == 1 && school.talk.contains("no school 0429901A"))
        let rights = await fixture.run("event", "preview", path, "--publisher", "one")
        #expect(rights.code == 1 && rights.talk.contains("may not speak for the school 0429901A"))
        #expect(await fixture.run("event", "preview", path, "--publisher", "nobody").code == 3)
        #expect(await fixture.run("event", "preview", fixture.folder + "/none.json").code == 1)

        try fixture.write("event.json", "[]")
        #expect(await fixture.run("event", "preview", path).talk.contains("emptyBatch"))
        try fixture.write("event.json", "{")
        #expect(await fixture.run("event", "preview", path).talk.contains("400 notJSON"))
        try fixture.write("event.json", #"{"specversion":"1.0"}"#)
        let invalid = await fixture.run("event", "preview", path)
        #expect(invalid.code == 1 && invalid.talk.contains("422 invalidEvent"))
        try fixture.write("event.json", String(repeating: " ", count: 256 * 1024 + 1))
        #expect(await fixture.run("event", "preview", path).talk.contains("longer than"))
    }
}
