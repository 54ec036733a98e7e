// swift-format-ignore-file: NeverForceUnwrap, NeverUseForceTry

import Domain
import FoundationEssentials
import Providers
import Testing

struct RegistrationTests {
    static let forms = TestForms.all(hosts: ["push.example.org"])

    static func lines(_ name: String) -> [JSONValue] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = tests.appendingPathComponent("SampleData/saint-etienne/devices/\(name).ndjson")
        return try! Data(contentsOf: file).split(separator: 0x0A).map { try! JSONParser.parse(Array($0)) }
    }

    static func parse(_ value: JSONValue, installation: String? = nil) throws(RegistrationError) -> Registration {
        try Registration.parse(
            value,
            installation: installation ?? value["installation"]?.string ?? "i",
            limits: Limits(),
            forms: forms
        )
    }

    @Test func `every registration of the sample is accepted`() {
        let lines = Self.lines("registrations")
        #expect(lines.count == 1021)
        for line in lines { #expect(throws: Never.self, "\(line["installation"] ?? nil)") { try Self.parse(line) } }
    }

    @Test func `every invalid registration of the sample is refused`() {
        let lines = Self.lines("invalid")
        #expect(lines.count >= 35)
        for line in lines {
            #expect(throws: RegistrationError.self, "\(line["why"]?.string ?? "")") { try Self.parse(line) }
        }
    }

    static let minimal: JSONValue = ["provider": "fcm", "token": "tok:en-1_A", "app": "onepocket"]

    @Test func `what is absent or null has its default`() throws {
        var object = Self.minimal.object!
        for name in ["environment", "platform", "locale", "timezone", "appVersion", "subscription", "tokenKind"] {
            object[name] = .null
        }

        let registration = try Self.parse(.object(object))

        #expect(
            registration
                == Registration(
                    installation: "i",
                    target: .fcmToken("tok:en-1_A"),
                    environment: .production,
                    app: "onepocket"
                )
        )
    }

    @Test func `all mistakes come at once`() {
        let value: JSONValue = [
            "provider": "apns", "token": "xyz", "environment": "prod", "platform": 3, "locale": "f",
            "timezone": "../etc", "appVersion": "\n", "tokenKind": "old",
        ]
        let error = #expect(throws: RegistrationError.self) { try Self.parse(value, installation: "..") }
        #expect(
            error?.errors.map(\.pointer.description)
                == [
                    "/installation", "/tokenKind", "/token", "/environment", "/platform", "/app",
                ]
        )
    }

    static let contradictions: [(JSONValue, String)] = [
        (["token": "t", "subscription": ["endpoint": "https://push.example.org/x"]], "contradiction"),
        (["provider": "apns", "tokenKind": "fid", "token": "t"], "contradiction"), (["token": "NULL"], "tokenBlank"),
        (["token": "undefined"], "tokenBlank"), (["token": "\n"], "tokenBlank"), (["token": "a\r\n"], "tokenMalformed"),
        (["token": true], "wrongType"),
        (["provider": "webpush", "token": nil], "missing"), (["app": ""], "malformed"), (["app": nil], "missing"),
        (["tokenKind": "fid", "token": "0123456789012345678901x"], "tokenMalformed"),
    ]

    @Test(arguments: contradictions)
    func `a contradiction or a bad token has its own code`(change: JSONValue, code: String) {
        var object = Self.minimal.object!
        for member in change.object! { object[member.name] = member.value }
        let error = #expect(throws: RegistrationError.self) { try Self.parse(.object(object)) }
        #expect(error?.errors.map(\.code) == [code])
    }

    @Test func `forms are made one`() throws {
        let apns = try Self.parse([
            "provider": "apns", "token": .string(String(repeating: "AB", count: 32)), "app": "onepocket",
            "locale": "fr_FR", "environment": "sandbox",
        ])
        #expect(apns.target == .apns(String(repeating: "ab", count: 32)))
        #expect(apns.locale == "fr-FR")
        #expect(apns.environment == .sandbox)

        let sample = Self.lines("registrations").first { $0["provider"] == "webpush" }!
        let plain = try Self.parse(sample)
        var keys = sample["subscription"]!["keys"]!.object!
        keys["auth"] = .string(Base64.encode(Base64.decode(keys["auth"]!.string!)!))
        keys["p256dh"] = .string(Base64.encode(Base64.decode(keys["p256dh"]!.string!)!))
        var subscription = sample["subscription"]!.object!
        subscription["keys"] = .object(keys)
        var padded = sample.object!
        padded["subscription"] = .object(subscription)
        #expect(try Self.parse(.object(padded)) == plain)
    }
}
