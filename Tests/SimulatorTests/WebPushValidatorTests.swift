import Crypto
import Simulator
import Testing

/// Strictness of the push services: one defect, one answer.
struct WebPushValidatorTests {
    private let fixture = WebPushFixture()

    private func defect(
        _ request: ReceivedRequest,
        service: PushService = .mozilla,
        now: Int64 = Fixture.now
    ) throws -> WebPushFault.Kind? {
        var validator = WebPushValidator()
        do throws(WebPushFault) {
            _ = try validator.validate(request, service: service, subscriptions: subscriptions(), now: now)
            return nil
        } catch {
            return error.kind
        }
    }

    private func subscriptions() -> Subscriptions {
        do { return try fixture.subscriptions } catch { preconditionFailure("two subscriptions fit") }
    }

    @Test(arguments: PushService.allCases) func `a right push passes everywhere`(service: PushService) throws {
        #expect(try defect(try fixture.request(), service: service) == nil)
    }

    @Test func `a right push is read and opened`() throws {
        var validator = WebPushValidator()
        let message = try validator.validate(
            try fixture.request(),
            service: .apple,
            subscriptions: subscriptions(),
            now: Fixture.now
        )
        #expect(message.subscription == "sub-1")
        #expect(message.ttl == 3600)
        #expect(message.urgency == "normal")
        #expect(message.topic == "0123456789abcdef0123456789abcdef")
        #expect(String(decoding: message.plaintext, as: UTF8.self) == #"{"title":"Mot"}"#)
        #expect(message.expiresAt == Fixture.now + 43_200)
    }

    @Test(arguments: [
        ("/wp/", "POST", WebPushFault.Kind.badPath), ("/wp/sub-1/x", "POST", .badPath),
        ("/3/device/ab", "POST", .badPath),
        ("/wp/sub-1", "GET", .methodNotAllowed), ("/wp/sub-2", "POST", .unknownSubscription),
        ("/wp/sub-gone", "POST", .gone),
    ])
    func `a wrong target is refused`(path: String, method: String, expected: WebPushFault.Kind) throws {
        #expect(try defect(try fixture.request(path: path, method: method)) == expected)
    }

    @Test(arguments: [
        ("ttl", nil, WebPushFault.Kind.missingTTL), ("ttl", "-1", .badTTL), ("ttl", "1.5", .badTTL),
        ("ttl", "", .badTTL),
        ("urgency", "urgent", .badUrgency), ("urgency", "low, high", .badUrgency), ("topic", "", .badTopic),
        ("topic", "0123456789abcdef0123456789abcdef0", .badTopic), ("topic", "a+b/", .badTopic),
        ("content-encoding", nil, .badEncoding), ("content-encoding", "aesgcm", .badEncoding),
        ("authorization", nil, .missingAuthorization), ("authorization", "bearer x", .badAuthorization),
        ("authorization", "vapid t=a.b.c", .badAuthorization), ("authorization", "vapid t=a.b.c, k=***", .badPublicKey),
        ("authorization", "vapid t=a.b.c, k=BA1H", .badPublicKey),
    ])
    func `a wrong header is refused`(name: String, value: String?, expected: WebPushFault.Kind) throws {
        #expect(try defect(try fixture.request([name: value])) == expected)
    }

    @Test func `a header that stands twice is refused`() throws {
        var request = try fixture.request()
        request.headers.append(("ttl", "3600"))
        #expect(try defect(request) == .duplicateHeader)
    }

    @Test func `claims of the VAPID token are checked`() throws {
        let day = Fixture.now + 86_400
        let cases: [(String, WebPushFault.Kind?)] = [
            (try fixture.authorization(audience: "https://localhost:8443/"), .badAudience),
            (try fixture.authorization(audience: "https://elsewhere"), .badAudience),
            (try fixture.authorization(audience: ["https://localhost:8443"]), .badAudience),
            (try fixture.authorization(expiresAt: .integer(day)), nil),
            (try fixture.authorization(expiresAt: .integer(day + 1)), .badExpiry),
            (try fixture.authorization(expiresAt: .integer(Fixture.now)), .badExpiry),
            (try fixture.authorization(expiresAt: "later"), .badExpiry),
            (try fixture.authorization(subject: .null), .badSubject),
            (try fixture.authorization(subject: "dsi@example.fr"), .badSubject),
            (try fixture.authorization(subject: "https://"), .badSubject),
            (try fixture.authorization(algorithm: "none"), .badToken),
        ]
        for (authorization, expected) in cases {
            #expect(try defect(try fixture.request(["authorization": authorization])) == expected)
        }
    }

    @Test func `a foreign key and a foreign signature are told apart`() throws {
        let stranger = P256.Signing.PrivateKey()
        let mismatch = try fixture.authorization(key: stranger)
        #expect(try defect(try fixture.request(["authorization": mismatch])) == .keyMismatch)
        let forged = try fixture.authorization(
            key: stranger,
            shown: Array(fixture.vapidKey.publicKey.x963Representation)
        )
        #expect(try defect(try fixture.request(["authorization": forged])) == .badToken)
    }

    @Test(arguments: ["mailto:a@localhost", "mailto:a@b.invalid", "https://localhost", "https://x.localhost/y"])
    func `Apple wants a subject somebody reads`(subject: String) throws {
        let request = try fixture.request(["authorization": try fixture.authorization(subject: .string(subject))])
        #expect(try defect(request, service: .apple) == .badSubject)
        #expect(try defect(request, service: .mozilla) == nil)
    }

    @Test(arguments: [5, 13, 29]) func `Apple wants a topic that decodes`(length: Int) throws {
        let request = try fixture.request(["topic": String(repeating: "a", count: length)])
        #expect(try defect(request, service: .apple) == .badTopic)
        #expect(try defect(request, service: .fcm) == nil)
    }

    @Test func `FCM keeps nothing longer than four weeks`() throws {
        #expect(try defect(try fixture.request(["ttl": "2419201"]), service: .fcm) == .badTTL)
        #expect(try defect(try fixture.request(["ttl": "2419200"]), service: .fcm) == nil)
    }

    @Test func `bodies are bounded and must open`() throws {
        #expect(try defect(try fixture.request(body: [])) == .emptyBody)
        let most = try fixture.encrypted(Array(repeating: 0x20, count: 3993))
        #expect(most.count == WebPushValidator.bodyBytesMax)
        #expect(try defect(try fixture.request(body: most)) == nil)
        let more = try fixture.encrypted(Array(repeating: 0x20, count: 3994))
        #expect(try defect(try fixture.request(body: more)) == .tooLarge)
        let foreign = try fixture.encrypted([0x20], secret: Array(repeating: 1, count: 16))
        #expect(try defect(try fixture.request(body: foreign)) == .undecryptable)
    }

    @Test func `the key of the message is not the key of the credential`() throws {
        let key = try P256.KeyAgreement.PrivateKey(rawRepresentation: fixture.vapidKey.rawRepresentation)
        #expect(try defect(try fixture.request(body: try fixture.encrypted([0x20], sender: key))) == .badLayout)
    }

    @Test func `the example of RFC 8292 verifies`() throws {
        let token = """
            eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6\
            Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9Ok\
            SSHzvoD1oA
            """
        let key = "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs"
        var request = try fixture.request(["authorization": "vapid t=\(token), k=\(key)"])
        request.authority = "push.example.net"
        // Past the signature and the claims: only the subscription is bound to another key.
        #expect(try defect(request, now: 1_453_523_000) == .keyMismatch)
        #expect(try defect(request, now: 1_453_523_768) == .badExpiry)
    }
}
