import Crypto
import Domain
import Providers
import Settings
import Testing

import struct Simulator.Answer
import enum Simulator.JSON
import class Simulator.PushLog
import struct Simulator.ReceivedRequest
import class Simulator.Responder
import struct Simulator.SimulatorSettings
import struct Simulator.Subscription
import struct Simulator.Subscriptions
import struct Simulator.WebPushListener

/// UnifiedPush before the simulator's push server, without sockets: discovery, a push, and each ending.
@Suite struct UnifiedPushTests {
    private static let authority = "localhost:8443"
    private let responder: Responder
    private let subscription: Providers.Subscription

    init() throws {
        let phone = try Subscription(["id": "phone-1"])
        subscription = Providers.Subscription(
            endpoint: "https://\(Self.authority)/wp/phone-1",
            p256dh: Array(phone.key.publicKey.x963Representation),
            auth: phone.authenticationSecret
        )
        var settings = SimulatorSettings()
        settings.webPush = [WebPushListener(name: "webpush-1", service: .unifiedpush, port: 8443)]
        var subscriptions = Subscriptions()
        try subscriptions.add([phone])
        settings.subscriptions = subscriptions
        settings.now = { Samples.now.milliseconds }
        responder = Responder(settings: settings, log: PushLog())
    }

    private func lane() throws -> any ProviderLane {
        WebPushLane(
            provider: UnifiedPush.id,
            form: 5,
            credential: try WebPushCredential(
                pem: P256.Signing.PrivateKey().pemRepresentation,
                subject: "mailto:push@example.org"
            ),
            service: try PushEndpoint(subscription.endpoint),
            base: nil
        )
    }

    private struct NoAnswer: Error {}

    private func ask(_ method: String, _ path: String, _ headers: [(name: String, value: String)], _ body: [UInt8] = [])
        throws -> Answer
    {
        var request = ReceivedRequest(
            method: method,
            target: path,
            headers: headers + [(":authority", Self.authority)],
            body: body
        )
        request.listener = "webpush-1"
        request.authority = Self.authority
        guard case .answer(let answer) = responder.respond(to: request).reply else { throw NoAnswer() }
        return answer
    }

    @Test func `the simulator's server says what it is, and takes a push that its phone can read`() throws {
        let discovered = try ask("GET", "/wp/phone-1", [])
        #expect(UnifiedPushDiscovery.isServer(status: discovered.status, body: discovered.body))
        let unknown = try ask("GET", "/wp/nobody", [])
        #expect(!UnifiedPushDiscovery.isServer(status: unknown.status, body: unknown.body))

        let lane = try lane()
        let push = try WireSample.push(to: .unifiedpush(subscription), on: lane)
        let wire = lane.wire(CredentialStorage(stored: nil) { _ in })
        let request = try #require(try wire.ordinaryRequest(for: push, now: Samples.now))
        #expect(request.url == subscription.endpoint && request.body.count <= 4096)
        let answer = try ask("POST", push.address.text, request.headers, request.body)
        #expect(answer.status == 201)
        let record = try JSON(parsing: responder.log.lines(since: 0).split(separator: 0x0A).last ?? [])
        #expect(record["payload"]?["title"]?.string == "Nouveau billet de blog")
        #expect(record["topic"]?.string == push.collapseID)
        #expect(
            wire.classify(status: answer.status, body: answer.body, retryAfter: nil, now: Samples.now).verdict
                == .accepted
        )
    }

    @Test(arguments: [
        (#"{"unifiedpush":{"version":1}}"#, 200, true),
        (#"{"unifiedpush":{"version":1,"gateway":"matrix"},"more":[]}"#, 200, true),
        (#"{"unifiedpush":{"version":1}}"#, 404, false), (#"{"unifiedpush":{"version":1}}"#, 302, false),
        (#"{"unifiedpush":{"version":2}}"#, 200, false), (#"{"unifiedpush":{"version":"1"}}"#, 200, false),
        (#"{"unifiedpush":{}}"#, 200, false), ("[1]", 200, false), ("", 200, false),
        ("<html>router login</html>", 200, false),
    ])
    func `only the answer of the specification is a discovery`(body: String, status: Int, isServer: Bool) {
        #expect(UnifiedPushDiscovery.isServer(status: status, body: Array(body.utf8)) == isServer)
    }

    /// SERV 1.2.0, Responses; 2xx stands for 201.
    @Test(arguments: [201, 200, 202, 204]) func `every 2xx is accepted`(status: Int) {
        #expect(Self.verdict(status) == .accepted)
    }

    @Test func `the other answers are about the endpoint, or pass`() {
        #expect(Self.verdict(404) == .tokenDead(since: nil) && Self.verdict(410) == .tokenDead(since: nil))
        #expect(Self.verdict(429, retryAfter: "7") == .deferred(retryAfter: .seconds(7)))
        for status in [301, 307, 400, 413] { #expect(Self.verdict(status) == .payloadRefused, "\(status)") }
        #expect(Self.verdict(503) == .deferred(retryAfter: nil))
    }

    private static func verdict(_ status: Int, retryAfter: String? = nil) -> Verdict {
        UnifiedPush.classify(status: status, body: [], retryAfter: retryAfter, host: "up.example", now: Samples.now)
            .verdict
    }

    @Test func `its addresses are stored under a number of their own`() throws {
        let target = Target.unifiedpush(subscription)
        #expect(target.bytes.first == 5 && target.provider.rawValue == 4 && target.authority == Self.authority)
        #expect(target.identity != Target.webpush(subscription).identity)
        #expect(throws: AddressFault.foreign) { try WireSample.push(to: .webpush(subscription), on: lane()) }
    }

    @Test func `without its section no endpoint is taken`() {
        let value: JSONValue = [
            "provider": "unifiedpush", "app": "onepocket",
            "subscription": [
                "endpoint": "https://up.example/x",
                "keys": [
                    "p256dh": .string(Base64.encodeURL(subscription.p256dh)),
                    "auth": .string(Base64.encodeURL(subscription.auth)),
                ],
            ],
        ]
        let error = #expect(throws: RegistrationError.self) {
            try Registration.parse(value, installation: "i", limits: Limits(), forms: [UnifiedPush.targetForm([])])
        }
        #expect(error?.errors.map(\.code) == ["endpointHostNotAllowed"])
    }
}
