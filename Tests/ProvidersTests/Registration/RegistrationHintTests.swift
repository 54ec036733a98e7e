// swift-format-ignore-file: NeverForceUnwrap

import Domain
import FoundationEssentials
import Providers
import Testing

/// What platforms hand out for wording, hours and tokens.
struct RegistrationHintTests {
    static let field = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("SampleData/field")

    static func sample(_ path: String) throws -> JSONValue {
        try JSONParser.parse(Array(try Data(contentsOf: field.appendingPathComponent(path))))
    }

    static func read(_ change: JSONValue, zones: Set<String>? = nil) throws(RegistrationError) -> Registration {
        var object = RegistrationTests.minimal.object!
        for member in change.object! { object[member.name] = member.value }
        return try Registration.parse(
            .object(object),
            installation: "i",
            limits: Limits(),
            forms: TestForms.all(hosts: WebPush.browserHosts),
            isKnownZone: { zones?.contains($0) ?? true }
        )
    }

    static let locales: [(String, String?)] = [
        ("fr", "fr"), ("fr-FR", "fr-FR"), ("fr_FR", "fr-FR"), ("zh_Hant_TW", "zh-Hant-TW"),
        ("fr_FR@calendar=gregorian", "fr-FR"),
        ("fr_FR.UTF-8", "fr-FR"), ("fr_FR.UTF-8@euro", "fr-FR"), ("fr-FR,fr;q=0.9", "fr-FR"), ("fr_FR_#Latn", "fr-FR"),
        ("fr__", "fr"), ("fr-", "fr"), (" fr-FR", "fr-FR"), ("fr-FR-u-ca-gregory", "fr-FR-u-ca-gregory"),
        ("fr-overlonglong", "fr"),
        ("fr-FR-aaaaaaaa-bbbbbbbb-cccccccc-dddddddd", "fr-FR-aaaaaaaa-bbbbbbbb-cccccccc"), ("french", "french"),
        ("C", nil), ("POSIX", nil), ("f", nil), ("", nil), ("null", nil), ("undefined", nil), ("12", nil), ("éé", nil),
        ("root", nil),
        ("e\u{301}fr", nil),
    ]

    @Test(arguments: locales)
    func `a locale is read as far as it names a language`(text: String, expected: String?) throws {
        let registration = try Self.read(["locale": .string(text)])

        #expect(registration.locale == expected)
        #expect(registration.leftOut == (expected == nil ? [.locale] : []))
    }

    @Test(
        arguments: [
            ["timezone": "GMT+01:00"], ["timezone": "../etc"], ["timezone": "Mars/Olympus"], ["timezone": 3],
            ["timezone": ""],
            ["appVersion": "\n"], ["appVersion": ["1"]], ["locale": false],
            ["appVersion": .string(String(repeating: "1", count: 65))],
        ] as [JSONValue]
    )
    func `what cannot be read is left out and the phone is taken`(change: JSONValue) throws {
        let registration = try Self.read(change, zones: ["Europe/Paris"])

        #expect(registration.leftOut.map(\.rawValue) == change.object!.map(\.name))
        #expect(registration.timezone == nil && registration.appVersion == nil && registration.locale == nil)
    }

    @Test func `a zone the database has is kept`() throws {
        #expect(try Self.read(["timezone": "Europe/Paris"], zones: ["Europe/Paris"]).timezone == "Europe/Paris")
    }

    @Test(arguments: ["locale-calendar", "timezone-java"])
    func `the hints of the field are taken`(name: String) throws {
        let registration = try Self.read(try Self.sample("04-registration-hints/\(name).json"), zones: [])

        #expect(registration.locale == (name == "locale-calendar" ? "fr-FR" : nil))
        #expect(registration.timezone == nil)
    }

    @Test(arguments: ["None", "false", "BLACKLISTED", "MISSING_INSTANCEID_SERVICE", "SERVICE_NOT_AVAILABLE"])
    func `the words of the field are no tokens`(name: String) throws {
        let value = try Self.sample("15-no-tokens/\(name).json")
        let error = #expect(throws: RegistrationError.self) { try Self.read(value) }
        #expect(error?.errors.map(\.pointer.description) == ["/token"])
    }

    @Test(arguments: [
        "null", "NULL", "nil", "(null)", "<null>", "Optional(nil)", "[object Object]", "NaN", " null ", "undefined",
        "FIS_AUTH_ERROR",
        "TIMEOUT", "true", "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef",
    ])
    func `words and Apple's tokens are no FCM tokens`(text: String) {
        #expect(throws: DeviceToken.Fault.self) { try FCMTarget.checkedToken(text, bytesMax: 4096) }
    }

    @Test(arguments: ["nullx:APA91b", "t", "nil-1", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde:"])
    func `what only begins like one is a token`(text: String) throws {
        #expect(try FCMTarget.checkedToken(text, bytesMax: 4096) == text)
    }

    @Test func `Chromium's own subscription is taken by the default list`() throws {
        let value = try Self.sample("11-chromium-subscription.json")
        let registration = try Self.read(
            .object(
                {
                    var all = value.object!; all["token"] = .null; return all
                }()
            )
        )

        #expect(registration.target.authority == "jmt17.google.com")
    }

    @Test func `the case of a school's code does not matter`() {
        let publication = Publication(app: "BLOG", action: "X", school: "0420001a", audience: [.school("0429901b")])

        #expect(publication.school == "0420001A" && publication.audience == [.school("0429901B")])
        #expect(SchoolRecord(key: "k", uai: "0420001a", name: "").uai == "0420001A")
        #expect(SchoolCode.normal("é0a") == "é0A")
    }
}
