import API
import Domain
import FoundationEssentials
import Glibc
import HTTPTypes
import Pipeline
import Store
import Testing

/// What the law lets a person demand.
struct PersonTests {
    private static let own = ["Authorization": "Bearer " + Gateway.publisherKey]
    private static let lines = """
        {"op":"upsert","kind":"school","id":"1","uai":"0420001A","name":"A"}
        {"op":"upsert","kind":"class","id":"c","school":"1","name":"CP"}
        {"op":"upsert","kind":"pupil","id":"pupil-4711","lastName":"Zwetschke","firstName":"Quirin"}
        {"op":"upsert","kind":"membership","pupil":"pupil-4711","school":"1"}
        {"op":"upsert","kind":"membership","pupil":"pupil-4711","class":"c"}
        {"op":"upsert","kind":"guardian","id":"guardian-0815","lastName":"Mirabellenbaum","firstName":"Xaverine"}
        {"op":"upsert","kind":"link","pupil":"pupil-4711","guardian":"guardian-0815"}
        {"op":"upsert","kind":"user","id":"ent-account-0815","externalId":"guardian-0815","profile":"relative"}

        """

    /// A guardian with a phone, a choice, and an event that names her, which is not cut into pages here.
    private static func fill(_ api: APIClient) async throws {
        let answer = try await api.send(
            .post,
            "/v1/directory/imports?format=ndjson",
            own.merging(["Content-Type": "application/x-ndjson"]) { first, _ in first },
            Array(lines.utf8)
        )
        #expect(try answer.json["state"] == "applied")
        let phone = try await api.register(
            "phone-of-mirabelle",
            user: "ent-account-0815",
            [
                "provider": "fcm", "token": "dGVzdA:APA91bTest-token-of-a-phone-0123456789", "app": "onepocket",
                "platform": "android", "environment": "production",
            ]
        )
        #expect(phone.status == 201)
        let choice = try await api.send(
            .put,
            "/v1/preferences",
            ["Authorization": "Bearer token-of-ent-account-0815", "Content-Type": "application/json"],
            Array(#"{"kinds":{"BLOG.PUBLISH-POST":{"push":false}},"mutedClasses":["other"]}"#.utf8)
        )
        #expect(choice.status == 200)
        let event = """
            {"specversion":"1.0","id":"1","source":"https://ent.example.org/one","type":"fr.ent.publication","data":{
            "app":"BLOG","action":"PUBLISH-POST","school":"0420001A","title":"T","body":"B",
            "audience":[{"user":"ent-account-0815"},{"pupil":"pupil-4711"},{"user":"somebody"}],
            "params":{"recipient":"ent-account-0815"}}}
            """
        #expect(try await api.publish(Array(event.utf8)).status == 202)
    }

    /// Which of these stand in the files of both stores, whatever they belong to.
    private static func found(_ values: [String], in folder: String) throws -> Set<String> {
        var found: Set<String> = []
        for file in ["registry.db", "registry.db-wal", "queue.db", "queue.db-wal"] {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + file))
            bytes.withUnsafeBytes { bytes in
                for value in values where stands(Array(value.utf8), in: bytes) { found.insert(value) }
            }
        }
        return found
    }

    private static func stands(_ value: [UInt8], in bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return false }
        var start = 0
        while let at = memchr(base + start, Int32(value[0]), bytes.count - start) {
            start = UnsafeRawPointer(at) - base
            guard bytes.count - start >= value.count else { return false }
            if memcmp(at, value, value.count) == 0 { return true }
            start += 1
        }
        return false
    }

    @Test func `an export has names, accounts, relations, devices, choices and events`() async throws {
        try await Gateway.run { gateway, api async throws in
            try await Self.fill(api)
            let answer = try await api.send(.get, "/v1/persons/guardian-0815", Self.own)
            #expect(answer.status == 200)
            let record = try answer.json
            #expect(record["lastName"] == "Mirabellenbaum")
            #expect(record["accounts"] == ["ent-account-0815"])
            #expect(record["pupils"]?.array?.map { $0["key"] } == ["pupil-4711"])
            #expect(record["devices"]?.array?.map { $0["installation"] } == ["phone-of-mirabelle"])
            #expect(record["preferences"]?.array?.first?["choices"]?["mutedClasses"] == ["other"])
            #expect(record["restrictedSince"]?.isNull == true)
            let operations = try await gateway.services.queueReader.read { try $0.operations(before: nil, limit: 10) }
            #expect(operations.first?.verb == "person.export")
            #expect(operations.allSatisfy { !$0.filter.contains("0815") })
            let me = try await api.send(.get, "/v1/me", ["Authorization": "Bearer token-of-ent-account-0815"])
            #expect(try me.json["key"] == "guardian-0815")
        }
    }

    @Test func `an export has its form to the byte`() async throws {
        try await Gateway.run { gateway, api async throws in
            try await Self.fill(api)
            let answer = try await api.send(.get, "/v1/persons/guardian-0815", Self.own)
            let event = try #require(
                try await api.send(.get, "/v1/events", Self.own).json["items"]?.array?.first?["id"]?.string
            )
            let at = "2026-11-23T11:00:00Z"
            let origin = #""import":"I-1","importAt":"\#(at)""#
            #expect(
                String(decoding: answer.body, as: UTF8.self) == """
                    {"at":"\(at)","kind":"guardian","key":"guardian-0815","accounts":["ent-account-0815"],"feed":"main",\(origin),\
                    "devices":[{"installation":"phone-of-mirabelle","app":"onepocket","platform":"android","locale":null,\
                    "timezone":null,"appVersion":null,"tokenTail":"6789","state":"active","registeredAt":"\(at)",\
                    "lastSeenAt":"\(at)","history":[{"at":"\(at)","what":"registered"}]}],"places":[],"guardians":[],\
                    "pupils":[{"key":"pupil-4711","since":"2026-11-23",\(origin)}],\
                    "lastName":"Mirabellenbaum","firstName":"Xaverine","restrictedSince":null,\
                    "preferences":[{"account":"ent-account-0815","choices":{"kinds":{"BLOG.PUBLISH-POST":{"push":false}},\
                    "mutedClasses":["other"],"locale":null,"quietHours":null}}],\
                    "events":[],"looks":[]}
                    """
            )
            #expect(event.hasPrefix("E-"))
        }
    }

    @Test func `the person is told who looked, and the record names nobody`() async throws {
        try await Gateway.run(change: { services in
            services.admin.looks = Reading { [folder = services.admin.workFolder + "/.."] in LookLog(data: folder) }
        }) { gateway, api async throws in
            try await Self.fill(api)
            let id = try #require(
                try await api.send(.get, "/v1/events", Self.own).json["items"]?.array?.first?["id"]?.string
            )
            #expect(try await api.send(.get, "/v1/events/\(id)/reach", Self.own).status == 200)
            #expect(try await api.send(.get, "/v1/persons/guardian-0815", Self.own).status == 200)
            let record = try await api.send(.get, "/v1/me", ["Authorization": "Bearer token-of-ent-account-0815"]).json
            let looks = try #require(record["looks"]?.array)
            #expect(looks.contains { $0["what"] == "person.export" && $0["by"] == "publisher one" })
            let kept = try LookLog(data: gateway.folder).looks(limit: 9).map(\.look)
            #expect(kept.map(\.kind) == [.personExport, .eventReach] && kept[1].event == EventID(id))
            for name in try FileManager.default.contentsOfDirectory(atPath: gateway.folder + "/looks") {
                let text = try String(contentsOfFile: gateway.folder + "/looks/" + name, encoding: .utf8)
                #expect(!text.contains("0815") && !text.contains("Mirabellenbaum"))
            }
        }
    }

    @Test func `nothing of an erased person is left in any file, and the rest is`() async throws {
        try await Gateway.run { gateway, api async throws in
            try await Self.fill(api)
            let values = ["Mirabellenbaum", "Xaverine", "guardian-0815", "ent-account-0815", "phone-of-mirabelle"]
            #expect(try Self.found(values, in: gateway.folder) == Set(values))
            let answer = try await api.send(.delete, "/v1/persons/ent-account-0815", Self.own)
            #expect(answer.status == 200)
            #expect(try answer.json["devices"] == 1)
            #expect(try answer.json["events"] == 1)
            #expect(try Self.found(values, in: gateway.folder).isEmpty)
            #expect(try Self.found(["Zwetschke", "pupil-4711"], in: gateway.folder) == ["Zwetschke", "pupil-4711"])
            #expect(try await api.send(.get, "/v1/persons/ent-account-0815", Self.own).code == "unknownPerson")
            let pupil = try await api.send(.get, "/v1/persons/pupil-4711", Self.own)
            #expect(try pupil.json["guardians"]?.array?.isEmpty == true)
            let events = try await api.send(.get, "/v1/events", Self.own)
            #expect(try events.json["items"]?.array?.count == 1)
            #expect(try await gateway.services.registry.isErasing() == false)
        }
    }

    @Test func `a restricted person would not be rung, until it is lifted`() async throws {
        try await Gateway.run { _, api async throws in
            try await Self.fill(api)
            let event = """
                {"specversion":"1.0","id":"2","source":"https://ent.example.org/one","type":"fr.ent.publication","data":{
                "app":"MESSAGERIE","action":"SEND-MESSAGE","school":"0420001A","title":"T","body":"B","audience":[{"class":"c"}]}}
                """
            func notReached() async throws -> JSONValue? {
                let type = ["Content-Type": "application/cloudevents+json"].merging(Self.own) { first, _ in first }
                return try await api.send(.post, "/v1/events?preview=true", type, Array(event.utf8)).json["notReached"]
            }
            let before = try await notReached()
            #expect(before?["restricted"] == nil)
            // What is no object is no order.
            for body in ["[]", "400", "\"restricted\"", "null"] {
                let odd = try await api.send(.post, "/v1/persons/guardian-0815/restrict", Self.own, Array(body.utf8))
                #expect(odd.status == 422 && odd.code == "invalidOrder", "\(body)")
            }
            let order = try await api.send(.post, "/v1/persons/guardian-0815/restrict", Self.own)
            #expect(try order.json["restricted"] == true)
            #expect(try order.json["changed"] == true)
            #expect(try await notReached()?["restricted"] == 1)
            let again = try await api.send(.post, "/v1/persons/guardian-0815/restrict", Self.own)
            #expect(try again.json["changed"] == false)
            let lifted = try await api.send(
                .post,
                "/v1/persons/guardian-0815/restrict",
                Self.own.merging(["Content-Type": "application/json"]) { first, _ in first },
                Array(#"{"restricted":false}"#.utf8)
            )
            #expect(try lifted.json["changed"] == true)
            #expect(try await notReached() == before)
        }
    }

    @Test func `only a key with the right asks, and only of its own schools`() async throws {
        try await Gateway.run { _, api async throws in
            try await Self.fill(api)
            let other = ["Authorization": "Bearer " + Gateway.otherKey]
            #expect(try await api.send(.get, "/v1/persons/guardian-0815", other).code == "missingRight")
            #expect(try await api.send(.delete, "/v1/persons/guardian-0815").status == 401)
            #expect(try await api.send(.get, "/v1/persons/nobody", Self.own).code == "unknownPerson")
            #expect(try await api.send(.get, "/v1/me", ["Authorization": "Bearer token-of-nobody"]).status == 404)
        }
    }
}
