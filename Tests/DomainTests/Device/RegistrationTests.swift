// swift-format-ignore-file: NeverForceUnwrap, NeverUseForceTry

import Domain
import FoundationEssentials
import Testing
import Text

struct RegistrationTests {
    /// The curve itself is swift-crypto's to check; Domain only asks. y² = x³ - 3x + b is known to hold for the sample's keys.
    static let notOnCurve: Set<String> = Set(
        lines("invalid").filter { $0["why"] == "p256dh not on the curve" }.compactMap {
            $0["subscription"]?["keys"]?["p256dh"]?.string
        }
    )

    static func isPoint(_ bytes: [UInt8]) -> Bool {
        !notOnCurve.contains(Base64.encodeURL(bytes)) && bytes.dropFirst().contains { $0 != 0 }
    }

    static let rules = EndpointRules([EndpointRules.Entry("push.example.org")!])

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
            endpoints: rules,
            isPointOnP256: isPoint
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
            "timezone": "../etc", "appVersion": "\n",
        ]
        let error = #expect(throws: RegistrationError.self) { try Self.parse(value, installation: "..") }
        #expect(
            error?.errors.map(\.pointer.description)
                == [
                    "/installation", "/token", "/environment", "/platform", "/app", "/locale", "/timezone",
                    "/appVersion",
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

struct EndpointRulesTests {
    static func rules(_ hosts: [String], private allow: Bool = false) -> EndpointRules {
        EndpointRules(hosts.map { EndpointRules.Entry($0)! }, allowPrivateAddresses: allow)
    }

    static let table: [(String, PushEndpoint.Fault?)] = [
        ("https://push.example.org/x", nil), ("HTTPS://PUSH.Example.ORG:443/x?y=1", nil),
        ("https://a.b.mozilla.test/x", nil),
        ("https://up.example.org:8443/x", nil), ("https://up.example.org/x", .port),
        ("https://mozilla.test/x", .hostNotAllowed),
        ("https://evilmozilla.test/x", .hostNotAllowed), ("https://push.example.org.evil.test/x", .hostNotAllowed),
        ("https://push.example.org:8443/x", .port), ("https://push.example.org:/x", .notURL),
        ("https://push.example.org:99999/x", .notURL),
        ("http://push.example.org/x", .notHTTPS), ("wss://push.example.org/x", .notHTTPS), ("push", .notURL),
        ("https:///x", .notURL),
        ("https://u:p@push.example.org/x", .userInformation),
        ("https://push.example.org@evil.test/x", .userInformation),
        ("https://push.example.org/x#y", .fragment), ("https://push.example.org\\@evil.test/x", .notURL),
        ("https://push.example.org/ x", .notURL),
        ("https://push.éxample.org/x", .notURL), ("https://push%2eexample.org/x", .notURL),
        ("https://push..example.org/x", .notURL),
        ("https://push.example.org./x", .notURL), ("https://127.0.0.1/x", .addressLiteral),
        ("https://127.1/x", .addressLiteral),
        ("https://2130706433/x", .addressLiteral), ("https://0x7f.0x1/x", .addressLiteral),
        ("https://[::1]/x", .addressLiteral),
        ("https://[::ffff:10.0.0.1]:443/x", .addressLiteral), ("https://localhost/x", .addressLiteral),
        ("https://a.localhost/x", .addressLiteral),
        ("https://127.0.0.1:8443/x", .addressLiteral),
    ]

    @Test(arguments: table)
    func `only endpoints of known push services pass`(endpoint: String, fault: PushEndpoint.Fault?) {
        let rules = Self.rules(["push.example.org", "*.mozilla.test", "up.example.org:8443", "127.0.0.1:8443"])
        var found: PushEndpoint.Fault?
        do throws(PushEndpoint.Fault) { _ = try rules.check(endpoint, bytesMax: 1000) } catch { found = error }
        #expect(found == fault)
    }

    @Test func `a simulator on a private address needs its port written and the permission`() throws {
        let endpoint = try Self.rules(["127.0.0.1:8443", "[::1]:9"], private: true).check(
            "https://127.0.0.1:8443/p?q",
            bytesMax: 1000
        )

        #expect(endpoint.host == "127.0.0.1")
        #expect(endpoint.port == 8443)
        #expect(endpoint.path == "/p?q")
        #expect(throws: Never.self) {
            try Self.rules(["[::1]:9"], private: true).check("https://[::1]:9", bytesMax: 1000)
        }
        #expect(throws: PushEndpoint.Fault.addressLiteral) {
            try Self.rules(["127.0.0.1"], private: true).check("https://127.0.0.1/", bytesMax: 1000)
        }
        #expect(throws: PushEndpoint.Fault.tooLong) {
            try Self.rules([]).check("https://push.example.org/", bytesMax: 10)
        }
    }

    @Test(arguments: ["", "*", "*.", "*.a.org:443", "a b", "https://a.org", "a.org:", "a.org:0", "*.*.org", "a/b"])
    func `a line that is no host is refused`(text: String) {
        #expect(EndpointRules.Entry(text) == nil)
    }
}
