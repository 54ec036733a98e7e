import API
import DirectoryImport
import Domain
import FoundationEssentials
import HTTPTypes
import Testing

/// What the directory says to an audience: classes that are empty, and keys that are those of several.
struct EmptyClassTests {
    private static let lines = """
        {"op":"upsert","kind":"school","id":"1","uai":"0420001A","name":"A"}
        {"op":"upsert","kind":"school","id":"2","uai":"0420002B","name":"B"}
        {"op":"upsert","kind":"school","id":"3","uai":"0420003C","name":"C"}
        {"op":"upsert","kind":"class","id":"c","school":"1","name":"CP"}
        {"op":"upsert","kind":"class","id":"c","school":"2","name":"CE1"}
        {"op":"upsert","kind":"class","id":"empty","school":"1","name":"CM2"}
        {"op":"upsert","kind":"pupil","id":"p","lastName":"P","firstName":""}
        {"op":"upsert","kind":"membership","pupil":"p","school":"1"}
        {"op":"upsert","kind":"membership","pupil":"p","class":"c"}

        """

    private func post(_ api: APIClient, _ id: String, school: String, _ audience: String) async throws -> Answer {
        let body = """
            {"specversion":"1.0","id":"\(id)","source":"https://ent.example.org/one","type":"fr.ent.publication","data":{
            "app":"BLOG","action":"PUBLISH-POST","school":"\(school)","audience":[\(audience)],"title":"T","body":"B",
            "resource":{"id":"r","uri":"/blog#/view/6f1c1c1e-0000-4000-8000-000000000001/6f1c1c1e-0000-4000-8000-000000000002"}}}
            """
        return try await api.send(
            .post,
            "/v1/events",
            ["Authorization": "Bearer " + Gateway.publisherKey, "Content-Type": "application/cloudevents+json"],
            Array(body.utf8)
        )
    }

    private func fill(_ api: APIClient) async throws {
        let answer = try await api.send(
            .post,
            "/v1/directory/imports?format=ndjson",
            ["Authorization": "Bearer " + Gateway.publisherKey, "Content-Type": "application/x-ndjson"],
            Array(Self.lines.utf8)
        )
        #expect(try answer.json["state"] == "applied")
        #expect(try answer.json["warnings"]?.array?.isEmpty == true)
    }

    @Test func `an event to an empty or vanished class says so in its receipt, to a repetition and with the event`()
        async throws
    {
        try await Gateway.run { _, api async throws in
            try await fill(api)
            let audience = #"{"class":"c"},{"class":"empty"},{"class":"gone"}"#
            let answer = try await post(api, "a", school: "0420001A", audience)
            #expect(answer.status == 202)
            let warnings = try #require(try answer.json["warnings"]?.array)
            #expect(warnings.map { $0["code"]?.string } == ["emptyClass", "emptyClass"])
            #expect(warnings.map { $0["pointer"]?.string } == ["/data/audience/1", "/data/audience/2"])
            #expect(try answer.json["unresolved"] == [["class": "gone"]])
            let again = try await post(api, "a", school: "0420001A", audience)
            #expect(again.status == 200)
            #expect(try again.json["warnings"] == answer.json["warnings"])
            let event = try await api.send(
                .get,
                "/v1/events/" + (try answer.json["id"]?.string ?? ""),
                ["Authorization": "Bearer " + Gateway.publisherKey],
                []
            )
            #expect(try event.json["warnings"] == answer.json["warnings"])
        }
    }

    @Test func `a key of two schools is theirs in each, and ambiguous elsewhere`() async throws {
        try await Gateway.run { _, api async throws in
            try await fill(api)
            for school in ["0420001A", "0420002B"] {
                #expect(try await post(api, school, school: school, #"{"class":"c"}"#).status == 202)
            }
            let refused = try await post(api, "b", school: "0420003C", #"{"school":"0420003C"},{"class":"c"}"#)
            #expect(refused.status == 422 && refused.code == "ambiguousKey")
            let error = try #require(try refused.json["errors"]?.array?.first)
            #expect(error["pointer"] == "/data/audience/1")
            #expect(error["detail"]?.string?.contains("0420001A, 0420002B") == true)
            let own = try await post(api, "c", school: "0420003C", #"{"class":"c","school":"0420002b"}"#)
            #expect(own.status == 202)
        }
    }
}
