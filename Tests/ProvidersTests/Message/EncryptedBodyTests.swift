// swift-format-ignore-file: NeverForceUnwrap

import Domain
import Providers
import Testing

/// Class `encrypted` on its way to a phone: only the phone can read it, and its provider sees a fixed text.
struct EncryptedBodyTests {
    private static let nowhere = CredentialStorage(stored: nil) { _ in }
    private let phone = Browser()
    private var keys: DeviceKeys { DeviceKeys(p256dh: phone.subscription.p256dh, auth: phone.subscription.auth) }

    private enum Service: CaseIterable { case fcm, fid, apns }

    private func target(_ service: Service, keys: DeviceKeys?) -> Target {
        switch service {
        case .fcm: .fcmToken("abc:def", keys: keys)
        case .fid: .fcmInstallation("dQw4w9WgXcQdQw4w9WgXcQ", keys: keys)
        case .apns: .apns("aabb", keys: keys)
        }
    }

    /// The request's body for one device, as the loader has it made.
    private func body(_ service: Service, _ message: Message, keys: DeviceKeys?) async throws -> JSONValue {
        let lane: any ProviderLane =
            service == .apns
            ? try LaneSamples.apns() : try LaneSamples.fcm(FakeTokenEndpoint([FakeTokenEndpoint.granted("t")]))
        let wire = lane.wire(Self.nowhere)
        _ = await wire.refresh(rejected: nil, at: Samples.now)
        let generic = Samples.message(title: "Nouveau billet", body: "", params: [:])
        let event = LoadedEvent(
            id: message.event,
            body: try lane.render(generic, limits: Limits()),
            encrypted: try lane.renderEncrypted(message, title: "Nouvelle notification", limits: Limits()),
            urgency: .normal,
            acceptedAt: Samples.now,
            expiresAt: Samples.now + .seconds(3600)
        )
        let collapseID = String(decoding: Samples.collapseID, as: UTF8.self)
        var scratch: [UInt8] = []
        let push = Push(
            event: event,
            id: DeliveryID(rawValue: 77),
            address: try lane.address(
                target(service, keys: keys).bytes,
                for: AddressedDelivery(event: event, receiver: "u-1", collapseID: collapseID),
                scratch: &scratch
            ),
            receiver: "u-1",
            collapseID: collapseID
        )
        var sample = WireSample()
        let bytes = try sample.write(push, with: wire).body
        #expect(bytes.count <= 4096 + 64)
        return try JSONParser.parse(bytes)
    }

    @Test(arguments: Service.allCases)
    private func `a phone with keys reads everything, its provider nothing`(service: Service) async throws {
        let body = try await body(service, Samples.message(), keys: keys)
        let message = service == .apns ? body : body["message"]!
        let sealed = try #require(message["data"]?["enc"]?.string)
        // Short texts occur by chance in what is sealed.
        let shown = JSONWriter.text(body).replacing(sealed, with: "")
        for secret in ["billet de blog", "Mme Exemple", "u-1", "BLOG", "blog-1", "vie-scolaire", "teacher-1"] {
            #expect(!shown.contains(secret), "\(secret)")
        }
        let aps = service == .apns ? body["aps"] : message["apns"]?["payload"]?["aps"]
        #expect(aps?["mutable-content"] == 1 && aps?["alert"] == ["title": "Nouvelle notification"])
        #expect(message["notification"] == nil && message["android"]?["notification"] == nil)
        let record = try #require(Base64.decode(sealed))
        let plain = try JSONParser.parse(try phone.decrypt(record))
        #expect(plain["title"] == "Nouveau billet de blog" && plain["body"] == "Mme Exemple : Le blog des CP")
        #expect(plain["type"] == "BLOG" && plain["receiver"] == "u-1" && plain["sender"] == "teacher-1")
        #expect(plain["tag"]?.string == String(decoding: Samples.collapseID, as: UTF8.self))
        #expect(plain["params"]?.string?.contains("/blog#/view/b/p") == true)
        // Somebody else's reading of the same standard.
        let question: JSONValue = [
            "key": .string(Base64.encodeURL(phone.privateKey)), "auth": .string(Base64.encodeURL(keys.auth)),
            "body": .string(Base64.encodeURL(record)),
        ]
        let answer = try Oracle.ask("decrypt", ["messages": [question]])
        let read = try #require(answer["plaintexts"]?.array?.first?.string.flatMap { Base64.decode($0) })
        #expect(try JSONParser.parse(read) == plain)
    }

    @Test(arguments: Service.allCases)
    private func `a phone without keys is sent what generic shows`(service: Service) async throws {
        let body = try await body(service, Samples.message(), keys: nil)
        let text = JSONWriter.text(body)
        #expect(text.contains("Nouveau billet") && !text.contains("\"enc\"") && !text.contains("Mme Exemple"))
    }

    @Test(arguments: Service.allCases)
    private func `a text of any length fits, and its size tells little`(service: Service) async throws {
        var sizes: Set<Int> = []
        for count in [1, 100, 700, 3000, 20_000] {
            let message = Samples.message(body: String(repeating: "é", count: count))
            let body = try await body(service, message, keys: keys)
            let data = service == .apns ? body["data"] : body["message"]?["data"]
            let record = try #require(data?["enc"]?.string.flatMap { Base64.decode($0) })
            sizes.insert(record.count)
            #expect(try JSONParser.parse(try phone.decrypt(record))["body"]?.string?.isEmpty == false)
        }
        #expect(sizes.count <= 3)
    }

    @Test(arguments: Service.allCases)
    private func `keys change neither what a device is found by nor its address`(service: Service) {
        let (bare, keyed) = (target(service, keys: nil), target(service, keys: keys))
        #expect(bare.identity == keyed.identity && bare.sibling == keyed.sibling && bare.bytes != keyed.bytes)
        #expect(bare.tail == keyed.tail && bare.kind == keyed.kind)
        if service != .apns { #expect(FCMTarget.text(of: keyed.bytes) == FCMTarget.text(of: bare.bytes)) }
    }

    @Test func `keys are read at registration, and wrong ones refused`() throws {
        var object = RegistrationTests.minimal.object!
        func registered(_ keys: JSONValue) throws(RegistrationError) -> Registration {
            object["keys"] = keys
            return try RegistrationTests.parse(.object(object))
        }
        let right: JSONValue = [
            "p256dh": .string(Base64.encodeURL(keys.p256dh)), "auth": .string(Base64.encodeURL(keys.auth)),
        ]
        #expect(try registered(right).target == .fcmToken("tok:en-1_A", keys: keys))
        #expect(try registered(.null).target == .fcmToken("tok:en-1_A"))
        for (wrong, pointer, code): (JSONValue, String, String) in [
            ("text", "/keys", "wrongType"), ([:], "/keys/p256dh", "missing"),
            (["p256dh": right["p256dh"]!], "/keys/auth", "missing"),
            (["p256dh": right["p256dh"]!, "auth": "AAAA"], "/keys/auth", "malformed"),
            (
                ["p256dh": .string(Base64.encodeURL([4] + [UInt8](repeating: 1, count: 64))), "auth": right["auth"]!],
                "/keys/p256dh", "notOnCurve"
            ),
        ] {
            do throws(RegistrationError) {
                _ = try registered(wrong)
                Issue.record("\(wrong) was taken")
            } catch {
                #expect("\(error.errors)".contains(code) && "\(error.errors)".contains(pointer), "\(error)")
            }
        }
    }
}
