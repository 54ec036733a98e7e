import API
import Domain
import FoundationEssentials
import HTTPTypes
import Pipeline
import Providers
import Store
import Testing

struct DeviceTests {
    static func fcm(_ token: String) -> JSONValue {
        ["provider": "fcm", "token": .string(token), "app": "onepocket", "platform": "android", "locale": "fr-FR"]
    }

    static func lines(_ file: String) throws -> [JSONValue] {
        try Data(contentsOf: sample("devices/\(file)")).split(separator: UInt8(ascii: "\n"))
            .map { try JSONParser.parse(Array($0)) }
    }

    @Test func `a device is registered, shown by its tail, moved and removed`() async throws {
        try await Gateway.run { _, api async throws in
            let token = "abcdef:APA91b-0123456789"
            let created = try await api.register("phone-1", user: "u1", Self.fcm(token))
            #expect(created.status == 201)
            #expect(created.header("RateLimit-Policy") == "\"registrations\";q=100;w=100")
            #expect(created.header("RateLimit") == "\"registrations\";r=99;t=1")
            #expect(try await api.register("phone-1", user: "u1", Self.fcm(token)).status == 200)

            let list = try await api.send(.get, "/v1/devices", ["Authorization": "Bearer token-of-u1"])
            #expect(try list.json["items"]?.array?.map { $0["tokenTail"] } == ["6789"])
            #expect(!String(decoding: list.body, as: UTF8.self).contains(token))

            #expect(try await api.register("phone-1", user: "u2", Self.fcm(token)).status == 201)
            let left = try await api.send(.get, "/v1/devices", ["Authorization": "Bearer token-of-u1"])
            #expect(try left.json["items"] == [])

            let foreign = try await api.send(.delete, "/v1/devices/phone-1", ["Authorization": "Bearer token-of-u1"])
            #expect(foreign.status == 204)
            let stays = try await api.send(.get, "/v1/devices", ["Authorization": "Bearer token-of-u2"])
            #expect(try stays.json["items"]?.array?.count == 1)
            _ = try await api.send(.delete, "/v1/devices/phone-1", ["Authorization": "Bearer token-of-u2"])
            let none = try await api.send(.get, "/v1/devices", ["Authorization": "Bearer token-of-u2"])
            #expect(try none.json["items"] == [])
        }
    }

    @Test func `every invalid registration of the sample is refused`() async throws {
        try await Gateway.run { _, api async throws in
            for row in try Self.lines("invalid.ndjson") {
                let installation = row["installation"]!.string!
                let path = installation.replacing("/", with: "%2F")
                let answer = try await api.register(path, user: row["user"]!.string!, row)
                #expect(answer.status == 422, "\(row["why"]!)")
                #expect(answer.code == "invalidRegistration", "\(row["why"]!)")
                #expect(try answer.json["errors"]?.array?.isEmpty == false)
            }
        }
    }

    @Test func `the sample's registrations leave the devices of the ground truth`() async throws {
        try await Gateway.run { gateway, api async throws in
            let expected = try JSONParser.parse(Array(try Data(contentsOf: sample("expected/devices.json"))))
            for row in try Self.lines("registrations.ndjson") {
                let answer = try await api.register(row["installation"]!.string!, user: row["user"]!.string!, row)
                #expect(answer.status == 200 || answer.status == 201)
                gateway.time.advance(.seconds(1))
            }
            for member in expected["devicesPerUser"]!.object!.members.prefix(50) {
                let answer = try await api.send(
                    .get,
                    "/v1/devices",
                    ["Authorization": "Bearer token-of-" + member.name]
                )
                #expect(try Int64(answer.json["items"]!.array!.count) == member.value.int64)
            }
            let counts = try await gateway.services.registryReader.read { try $0.deviceCounts().map(\.count) }
            #expect(Int64(counts.reduce(0, +)) == expected["devices"]?.int64)
        }
    }

    @Test func `a device no lane serves is refused`() async throws {
        try await Gateway.run(change: { $0.subscriptionKey = nil }) { _, api async throws in
            var body = Self.fcm("abcdef:0123").object!
            body["app"] = "unknown"
            let answer = try await api.register("x", user: "u1", .object(body))
            #expect(answer.status == 422)
            #expect(answer.code == "noLane")
        }
    }

    @Test func `an account that registers too often gets 429 and may again later`() async throws {
        try await Gateway.run(change: {
            $0.limits.registrationsBurst = 2
            $0.limits.registrationsPerMinute = 60
        }) { gateway, api async throws in
            var statuses: [Int] = []
            for _ in 0..<3 { statuses.append(try await api.register("x", user: "u1", Self.fcm("tok")).status) }
            let refused = try await api.register("x", user: "u1", Self.fcm("tok"))
            #expect(statuses == [201, 200, 429])
            #expect(refused.headers[.retryAfter] == "1")
            #expect(refused.header("RateLimit") == "\"registrations\";r=0;t=1")
            #expect(try await api.register("x", user: "u2", Self.fcm("tok2")).status == 201)
            gateway.time.advance(.seconds(1))
            #expect(try await api.register("x2", user: "u1", Self.fcm("tok3")).status == 201)
        }
    }

    @Test func `another content type is 415 and broken JSON 400`() async throws {
        try await Gateway.run { _, api async throws in
            let parent = "Bearer token-of-u1"
            let text = try await api.send(
                .put,
                "/v1/devices/x",
                ["Authorization": parent, "Content-Type": "text/plain"],
                Array("{}".utf8)
            )
            let cut = try await api.send(.put, "/v1/devices/x", ["Authorization": parent], Array("{".utf8))
            #expect(text.status == 415)
            #expect(cut.status == 400)
            #expect(cut.code == "notJSON")
        }
    }

    @Test func `a test notification is the hook's word`() async throws {
        try await Gateway.run(change: { $0.live = FakeLive() }) { _, api async throws in
            let parent = ["Authorization": "Bearer token-of-u1"]
            let known = try await api.send(.post, "/v1/devices/known/test", parent)
            #expect(try known.json == ["outcome": "rejected", "reason": "tokenGone"])
            #expect(try await api.send(.post, "/v1/devices/other/test", parent).code == "unknownDevice")
        }
        try await Gateway.run { _, api async throws in
            let answer = try await api.send(.post, "/v1/devices/x/test", ["Authorization": "Bearer token-of-u1"])
            #expect(answer.status == 501)
        }
    }
}
