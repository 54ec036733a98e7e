import Crypto
import Simulator
import Testing

struct APNsValidatorTests {
    private let fixture = Fixture()

    private func reason(_ request: ReceivedRequest, now: Int64 = Fixture.now) -> String {
        var validator = APNsValidator(accounts: [fixture.apnsAccount])
        do throws(APNsRefusal) {
            _ = try validator.validate(request, now: now)
            return "accepted"
        } catch {
            return "\(error.status) \(error.reason)"
        }
    }

    @Test func `a correct request is accepted with all its attributes`() throws {
        var validator = APNsValidator(accounts: [fixture.apnsAccount])

        let push = try validator.validate(try fixture.apnsRequest(), now: Fixture.now)

        #expect(push.token == Fixture.deviceToken)
        #expect(push.topic == "com.ode.one")
        #expect(push.apnsID == "123e4567-e89b-12d3-a456-426614174000")
        #expect(push.expiration == 1_800_003_600)
        #expect(push.priority == 10)
        #expect(push.collapseID == "0123456789abcdef0123456789abcdef")
        #expect(push.payload["type"] == "BLOG")
    }

    @Test(
        arguments: [
            ("apns-topic", nil, "400 MissingTopic"),
            ("apns-topic", "com ode", "400 BadTopic"),
            ("apns-topic", "com.other.app", "400 TopicDisallowed"),
            ("apns-push-type", nil, "400 InvalidPushType"),
            ("apns-push-type", "shout", "400 InvalidPushType"),
            ("apns-push-type", "background", "400 BadPriority"),
            ("apns-push-type", "voip", "400 TopicDisallowed"),
            ("apns-id", nil, "accepted"),
            ("apns-id", "123E4567-E89B-12D3-A456-426614174000", "400 BadMessageId"),
            ("apns-id", "123e4567e89b12d3a456426614174000", "400 BadMessageId"),
            ("apns-expiration", nil, "accepted"),
            ("apns-expiration", "0", "accepted"),
            ("apns-expiration", "-1", "400 BadExpirationDate"),
            ("apns-expiration", "1.5", "400 BadExpirationDate"),
            ("apns-expiration", "+1", "400 BadExpirationDate"),
            ("apns-priority", nil, "accepted"),
            ("apns-priority", "1", "accepted"),
            ("apns-priority", "7", "400 BadPriority"),
            ("apns-collapse-id", nil, "accepted"),
            ("apns-collapse-id", String(repeating: "a", count: 64), "accepted"),
            ("apns-collapse-id", String(repeating: "a", count: 65), "400 BadCollapseId"),
            ("apns-collapse-id", String(repeating: "é", count: 33), "400 BadCollapseId"),
            ("apns-collapse-id", "", "400 BadCollapseId"),
            ("authorization", nil, "403 MissingProviderToken"),
            ("authorization", "bearer x.y.z", "403 InvalidProviderToken"),
        ] as [(String, String?, String)]
    )
    func `each header has its rule`(name: String, value: String?, expected: String) throws {
        #expect(reason(try fixture.apnsRequest([name: value])) == expected)
    }

    @Test(arguments: [
        ("/3/device/", "400 MissingDeviceToken"), ("/3/device", "400 MissingDeviceToken"),
        ("/3/device/abc", "400 BadDeviceToken"), ("/3/device/zz", "400 BadDeviceToken"),
        ("/3/device/ab", "accepted"), ("/3/device/AB", "accepted"),
        ("/3/device/\(String(repeating: "a", count: 200))", "accepted"),
        ("/3/device/\(String(repeating: "a", count: 202))", "400 BadDeviceToken"),
        ("/3/devices/ab", "404 BadPath"), ("/3/device/ab/cd", "404 BadPath"), ("/4/device/ab", "404 BadPath"),
    ])
    func `the path names a device token`(path: String, expected: String) throws {
        #expect(reason(try fixture.apnsRequest(path: path)) == expected)
    }

    @Test func `only POST is allowed`() throws {
        #expect(reason(try fixture.apnsRequest(method: "PUT")) == "405 MethodNotAllowed")
    }

    @Test func `a header sent twice is refused`() throws {
        var request = try fixture.apnsRequest()
        request.headers.append(("apns-priority", "10"))
        #expect(reason(request) == "400 DuplicateHeaders")
    }

    @Test(arguments: [
        ("", "400 PayloadEmpty"), ("{}", "400 PayloadEmpty"), ("[1]", "400 PayloadEmpty"),
        ("{\"aps\":", "400 PayloadEmpty"),
        (#"{"type":"BLOG"}"#, "400 PayloadEmpty"), (#"{"aps":{}}"#, "400 InvalidPushType"),
        (#"{"aps":{"content-available":1}}"#, "400 InvalidPushType"), (#"{"aps":{"badge":0}}"#, "accepted"),
    ])
    func `the payload is an object with something to show`(body: String, expected: String) throws {
        #expect(reason(try fixture.apnsRequest(body: body)) == expected)
    }

    @Test(arguments: [(4096, "accepted"), (4097, "413 PayloadTooLarge")])
    func `the payload has at most 4096 bytes`(bytes: Int, expected: String) throws {
        let frame = #"{"aps":{"alert":""}}"#
        let body = #"{"aps":{"alert":""# + String(repeating: "x", count: bytes - frame.utf8.count) + #""}}"#
        #expect(body.utf8.count == bytes)
        #expect(reason(try fixture.apnsRequest(body: body)) == expected)
    }

    @Test(
        arguments: [
            ("5", #"{"aps":{"content-available":1}}"#, "accepted"),
            ("10", #"{"aps":{"content-available":1}}"#, "400 BadPriority"),
            (nil, #"{"aps":{"content-available":1}}"#, "400 BadPriority"),
            ("5", #"{"aps":{"content-available":1,"sound":"default"}}"#, "400 InvalidPushType"),
        ] as [(String?, String, String)]
    )
    func `a background push is quiet and has priority 5`(priority: String?, body: String, expected: String) throws {
        let request = try fixture.apnsRequest(["apns-push-type": "background", "apns-priority": priority], body: body)
        #expect(reason(request) == expected)
    }

    @Test(
        arguments: [
            (0, "accepted"), (3600, "accepted"), (3601, "403 ExpiredProviderToken"), (-60, "accepted"),
            (-61, "403 ExpiredProviderToken"),
        ] as [(Int64, String)]
    )
    func `a provider token lives one hour`(age: Int64, expected: String) throws {
        #expect(reason(try fixture.apnsRequest(), now: Fixture.now + age) == expected)
    }

    @Test func `a remembered token ages too`() throws {
        var validator = APNsValidator(accounts: [fixture.apnsAccount])
        let request = try fixture.apnsRequest()
        _ = try validator.validate(request, now: Fixture.now)
        #expect(throws: APNsRefusal.self) { try validator.validate(request, now: Fixture.now + 3601) }
    }

    @Test func `a key of another known team is unrelated`() throws {
        let other = APNsAccount(teamID: "TEAM000002", keyID: "KEY0000002", topic: "x", key: fixture.apnsKey.publicKey)
        var validator = APNsValidator(accounts: [fixture.apnsAccount, other])
        let token = try fixture.providerToken(header: ["alg": "ES256", "kid": "KEY0000002"])
        let request = try fixture.apnsRequest(["authorization": "bearer \(token)"])
        #expect(throws: APNsRefusal("UnrelatedKeyIdInToken", detail: "another team's key")) {
            try validator.validate(request, now: Fixture.now)
        }
    }

    @Test func `a provider token is signed by the known key and names it`() throws {
        let wrong = [
            try fixture.providerToken(key: P256.Signing.PrivateKey()),
            try fixture.providerToken(header: ["alg": "ES256", "kid": "OTHER00001"]),
            try fixture.providerToken(header: ["alg": "none", "kid": "KEY0000001"]),
            try fixture.providerToken(issuer: "OTHER00001"),
            try fixture.providerToken(issuedAt: .string(String(Fixture.now))),
            try fixture.providerToken(issuedAt: .number(Double(Fixture.now) + 0.5)),
        ]
        for token in wrong {
            #expect(reason(try fixture.apnsRequest(["authorization": "bearer \(token)"])) == "403 InvalidProviderToken")
        }
    }
}
