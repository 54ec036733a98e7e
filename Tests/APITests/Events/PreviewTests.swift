import API
import Domain
import FoundationEssentials
import HTTPTypes
import Pipeline
import Providers
import Store
import Testing

struct PreviewTests {
    static func preview(
        _ api: APIClient,
        _ body: [UInt8],
        type: String = "application/cloudevents+json",
        key: String = Gateway.publisherKey
    ) async throws -> Answer {
        try await api.send(
            .post,
            "/v1/events?preview=true",
            ["Content-Type": type, "Authorization": "Bearer " + key],
            body
        )
    }

    static func register(_ gateway: Gateway, _ target: Target, user: String, app: String = "onepocket") async throws {
        let device = Registration(
            installation: "device-of-" + user,
            target: target,
            environment: .production,
            app: app,
            platform: nil
        )
        _ = try await gateway.services.registry.register(
            device,
            for: Account(userID: user, externalKey: nil),
            limits: Limits(),
            now: gateway.services.time.now()
        )
    }

    static func timeline(_ users: [String]) -> [UInt8] {
        let names = users.map { "\"\($0)\"" }.joined(separator: ",")
        return Array(
            """
            {"action":"add","type":"BLOG","event-type":"PUBLISH-POST","recipientsIds":[\(names)],
             "params":{},"pushNotif":{"title":"t","body":"b"}}
            """.utf8
        )
    }

    @Test func `the audience of every sample event is that of the ground truth`() async throws {
        try await Gateway.run { gateway, api async throws in
            try await gateway.importSample()
            let data = try Data(contentsOf: sample("expected/audience.json"))
            let truth = try #require(try JSONParser.parse(Array(data))["events"]?.array)
            var compared = 0
            for line in truth {
                let file = try #require(line["file"]?.string)
                guard file != "batch.json", let wanted = line["complet-2026-09-01"] else { continue }
                let answer = try await Self.preview(api, try bytes(file))
                #expect(answer.status == 200, "\(file)")
                let json = try answer.json
                #expect(json["pupils"]?["total"]?.int64 == wanted["pupils"]?.int64, "\(file)")
                #expect(
                    json["guardians"]?["total"]?.int64 == wanted["guardians"]?.array.map { Int64($0.count) },
                    "\(file)"
                )
                // Nobody has a device yet.
                #expect(json["guardians"]?["reachable"] == 0 && json["lanes"] == [:], "\(file)")
                compared += 1
            }
            #expect(compared > 15)
        }
    }

    @Test func `devices are counted by lane, and who has none by reason`() async throws {
        try await Gateway.run { gateway, api async throws in
            try await Self.register(gateway, .fcmToken("token-token-1"), user: "u1")
            try await Self.register(gateway, .apns(String(repeating: "a1", count: 32)), user: "u2")
            try await Self.register(gateway, .fcmToken("token-token-3"), user: "u3", app: "other")
            let body = Self.timeline(["u1", "u2", "u3", "stranger"])
            let json = try await Self.preview(api, body, type: "application/json").json

            #expect(json["otherUsers"] == 4 && json["otherUsersReachable"] == 2)
            #expect(json["lanes"] == ["apns/onepocket": 1, "fcm/onepocket": 1])
            #expect(
                json["deliveries"]
                    == ["total": 4, "pending": 2, "deferred": 0, "rejected": 0, "expired": 0, "withheld": 2]
            )
            #expect(json["unresolved"] == [["user": "stranger"]])
        }
    }

    @Test func `nothing is stored and no identity is taken`() async throws {
        try await Gateway.run { gateway, api async throws in
            let body = PublishTests.timeline("p")
            #expect(try await Self.preview(api, body, type: "application/json").status == 200)
            let events = try await gateway.services.queueReader.read {
                try $0.events(before: nil, state: nil, limit: 9)
            }
            #expect(events.isEmpty)
            let posted = try await api.publish(body, type: "application/json")
            #expect(posted.status == 202)
            #expect(try posted.json["duplicate"] == false)
            // What was posted may be previewed again.
            #expect(try await Self.preview(api, body, type: "application/json").status == 200)
        }
    }

    @Test func `the rules of a post hold`() async throws {
        try await Gateway.run { gateway, api async throws in
            try await gateway.importSample()
            let body = try bytes("cloudevent-01-class.json")
            #expect(try await api.send(.post, "/v1/events?preview=true", [:], body).status == 401)
            #expect(try await Self.preview(api, body, key: Gateway.limitedKey).code == "forbiddenSchool")
            #expect(try await Self.preview(api, try bytes("invalid-unknown-school.json")).code == "unknownSchool")
            #expect(try await Self.preview(api, try bytes("invalid-empty-audience.json")).code == "invalidEvent")
            #expect(try await Self.preview(api, body, type: "text/plain").status == 415)
            let batch = try await Self.preview(
                api,
                try bytes("batch.json"),
                type: "application/cloudevents-batch+json"
            )
            #expect(batch.status == 400 && batch.code == "invalidParameter")
        }
    }

    @Test func `an event that has expired rings nobody`() async throws {
        try await Gateway.run { gateway, api async throws in
            try await gateway.importSample()
            let json = try await Self.preview(api, try bytes("cloudevent-17-expired.json")).json
            #expect(json["guardians"]?["reachable"] == 0)
            #expect(json["guardians"]?["total"] == json["guardians"]?["notReached"])
        }
    }
}
