import Domain
import Providers
import Settings
import Testing

@Suite struct SettingsLoaderTests {
    let fixture: SettingsFixture

    init() throws { fixture = try SettingsFixture() }

    static let whole = """
        data: data
        listen: {public: "0.0.0.0:80", admin: admin.sock, metrics: "[::1]:9"}
        publishers:
          - {name: one, sources: ["https://a.example"], schools: [0429901A], rights: [events, directory], secretsFile: one.whsec, keysFile: one.keys}
        parents: {userinfoURL: "https://ent.example/userinfo", cacheSeconds: 5}
        providers:
          fcm: [{name: a, app: onepocket, serviceAccountFile: fcm.json, endpoint: "https://127.0.0.1:8443"}]
          apns:
            - {name: a, topic: com.example.app, teamID: ABCDE12345, keyID: 1234567890, keyFile: apns.p8}
            - {name: b, topic: com.example.app, teamID: ABCDE12345, keyID: 1234567890, keyFile: apns.p8, environment: sandbox}
          webpush: {keyFile: vapid.pem, subject: "mailto:a@example.org", allowHosts: ["localhost:1"], allowPrivateAddresses: true}
        tls: {caFile: null}
        storage: {keyFile: storage.key}
        log: {level: debug, format: text}
        limits: {attemptsMax: 3}
        quietHours: {releaseSpreadMinutes: 20}

        """

    @Test func `a whole file becomes typed settings with its secrets`() throws {
        let loaded = try fixture.load(Self.whole)
        let settings = loaded.settings

        #expect(settings.data == fixture.folder + "/data")
        #expect(settings.listen.publicAddress == HostAndPort(host: "0.0.0.0", port: 80))
        #expect(settings.listen.metricsAddress.description == "[::1]:9")
        #expect(settings.listen.adminSocket == fixture.folder + "/admin.sock")
        let publisher = try #require(settings.publishers.first)
        #expect(publisher.schools == ["0429901A"])
        #expect(publisher.rights == [.events, .directory])
        #expect(publisher.secrets.map(\.bytes.count) == [24])
        #expect(publisher.keys.first?.sha256 == [UInt8](repeating: 0xAB, count: 32))
        #expect(settings.parents.cacheSeconds == 5)
        #expect(settings.providers[FCM.self].first?.endpoint == "https://127.0.0.1:8443")
        #expect(
            settings.providers[APNs.self].map(\.endpoint) == [
                "https://api.push.apple.com", "https://api.sandbox.push.apple.com",
            ]
        )
        #expect(settings.providers[APNs.self].first?.keyID == "1234567890")
        #expect(settings.providers[WebPush.self].first?.name == "web")
        #expect(settings.storage.keys.map(\.key.bytes) == [Array(0..<32)])
        #expect(settings.log.level == .debug)
        #expect(settings.limits.attemptsMax == 3)
        #expect(settings.quietHours.isEnabled && settings.quietHours.releaseSpread == .seconds(1200))
        #expect(loaded.warnings.map(\.key) == ["providers.webpush.allowPrivateAddresses"])
    }

    @Test func `the environment wins over the file, also in lists`() throws {
        let settings = try fixture.load(
            Self.whole,
            environment: [
                "CARILLON_LISTEN_PUBLIC": "127.0.0.1:1", "CARILLON_PROVIDERS_FCM_0_ENDPOINT": "https://b.example",
                "CARILLON_PROVIDERS_FCM_1_NAME": "second", "CARILLON_PROVIDERS_FCM_1_APP": "other",
                "CARILLON_PROVIDERS_FCM_1_SERVICEACCOUNTFILE": "fcm.json",
                "CARILLON_PUBLISHERS_0_SCHOOLS_1": "0429902B",
                "CARILLON_LIMITS_ATTEMPTSMAX": "4",
            ]
        ).settings

        #expect(settings.listen.publicAddress.port == 1)
        #expect(settings.providers[FCM.self].map(\.endpoint) == ["https://b.example", "https://fcm.googleapis.com"])
        #expect(settings.providers[FCM.self].map(\.app) == ["onepocket", "other"])
        #expect(settings.publishers.first?.schools == ["0429901A", "0429902B"])
        #expect(settings.limits.attemptsMax == 4)
    }

    @Test func `a credential's last day is a day, and belongs to its lanes`() throws {
        let providers = try fixture.load(
            Self.whole,
            environment: [
                "CARILLON_PROVIDERS_FCM_0_EXPIRES": "2027-03-04", "CARILLON_PROVIDERS_APNS_1_EXPIRES": "2028-02-29",
                "CARILLON_PROVIDERS_WEBPUSH_EXPIRES": "2026-12-31",
            ]
        ).settings.providers
        #expect(providers.expiry(ofLane: "fcm/a")?.rfc3339 == "2027-03-04T00:00:00Z")
        #expect(providers.expiry(ofLane: "apns/a") == nil)
        #expect(providers.expiry(ofLane: "apns/b")?.rfc3339 == "2028-02-29T00:00:00Z")
        #expect(providers.expiry(ofLane: "webpush/push.example")?.rfc3339 == "2026-12-31T00:00:00Z")
        #expect(providers.expiry(ofLane: "fcm/none") == nil)
        for wrong in ["2027-02-29", "soon", "2027-03-04T00:00:00Z", "04.03.2027"] {
            let report = #expect(throws: SettingsError.self) {
                try fixture.load(Self.whole, environment: ["CARILLON_PROVIDERS_FCM_0_EXPIRES": wrong])
            }
            #expect(report?.mistakes.map(\.key) == ["providers.fcm.0.expires"], "\(wrong)")
        }
    }

    @Test func `a section may come from the environment alone`() throws {
        let settings = try fixture.load(
            SettingsFixture.least,
            environment: [
                "CARILLON_PROVIDERS_WEBPUSH_KEYFILE": "vapid.pem",
                "CARILLON_PROVIDERS_WEBPUSH_SUBJECT": "mailto:a@b.fr",
            ]
        ).settings
        #expect(settings.providers[WebPush.self].first?.sender.subject == "mailto:a@b.fr")
    }

    @Test func `every mistake stands in one report, in the order of the file`() throws {
        let mistakes = try fixture.mistakes(
            """
            data: [a]
            lisen: {public: "x"}
            publishers:
              - {name: One, rights: [event]}
            parents:
              mode: jtw
              cacheSeconds: 3600
            providers:
              fcm:
                - {name: a, serviceAccountFile: missing.json, endpoint: "http://x/y"}
            quietHours: {enabled: maybe}
            schools: {activeByDefault: yes}
            log: {levle: info}
            """
        )

        #expect(
            mistakes.map(\.key) == [
                "data", "lisen", "publishers.0.name", "publishers.0.rights", "publishers.0.secretsFile", "parents.mode",
                "parents.cacheSeconds", "providers.fcm.0.endpoint", "providers.fcm.0.serviceAccountFile",
                "quietHours.enabled",
                "schools.activeByDefault", "log.levle", "storage.keyFile",
            ]
        )
        #expect(mistakes.map(\.line) == [1, 2, 4, 4, 4, 6, 7, 10, 10, 11, 12, 13, nil])
        #expect(mistakes[1].allowed == "unknown key; did you mean listen?")
        #expect(mistakes[11].allowed == "unknown key; did you mean level?")
        #expect(mistakes[8].allowed == "the file does not exist")
        let report = SettingsError(file: "f", mistakes: Array(mistakes.prefix(1)))
        #expect(report.description.hasSuffix("1 mistake in the configuration; nothing was started."))
    }

    @Test(arguments: [
        ("publishers: [{name: a, keysFile: one.keys}, {name: a, keysFile: one.keys}]", "publishers.1.name"),
        (
            "providers: {fcm: [{name: a, serviceAccountFile: fcm.json}, {name: b, serviceAccountFile: fcm.json}]}",
            "providers.fcm.1.app"
        ),
        ("publishers: [{name: a, keysFile: one.keys, schools: ['*', 0429901A]}]", "publishers.0.schools"),
        ("listen: {public: '127.0.0.1:1', metrics: '127.0.0.1:1'}", "listen.metrics"),
        ("limits: {eventBytesMax: 4096, batchBytesMax: 2048}", "limits.batchBytesMax"),
        (
            "providers: {apns: [{name: a, topic: t, teamID: ABCDE12345, keyID: ABCDE12345, keyFile: apns.p8, environment: sandbox, endpoint: 'https://api.push.apple.com'}]}",
            "providers.apns.0.endpoint"
        ),
    ])
    func `contradictions are refused`(yaml: String, key: String) throws {
        #expect(try fixture.mistakes(SettingsFixture.least + yaml).map(\.key) == [key])
    }

    @Test func `the same app in both environments of APNs is no contradiction, twice in one is`() throws {
        let entry = "topic: t, teamID: ABCDE12345, keyID: ABCDE12345, keyFile: apns.p8"
        let yaml = SettingsFixture.least + "providers: {apns: [{name: a, \(entry)}, {name: b, \(entry)}]}"
        #expect(try fixture.mistakes(yaml).map(\.key) == ["providers.apns.1.app"])
    }

    @Test(arguments: [
        ("a: b: c", 1), ("listen:\n\tpublic: x", 2), ("data: a\ndata: b", 1), ("- a", 1), ("a: *x", 1),
    ])
    func `what is no YAML mapping is reported with its line`(yaml: String, line: Int) throws {
        #expect(try fixture.mistakes(yaml).first?.line == line)
    }

    @Test func `a bomb of aliases ends`() throws {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let name = "*a\(level - 1)"
            yaml += "a\(level): &a\(level) [\(Array(repeating: name, count: 10).joined(separator: ", "))]\n"
        }
        #expect(try fixture.mistakes(yaml).first?.allowed == "the file has more than 10000 values")
    }

    @Test func `a variable that sets nothing is a mistake in our sections and a warning elsewhere`() throws {
        let environment = [
            "CARILLON_LISTEN_PUBLC": "x", "CARILLON_SERVICE_HOST": "10.0.0.1", "CARILLON_CONFIG": "ignored",
        ]
        let mistakes = try fixture.mistakes(SettingsFixture.least, environment: environment)
        #expect(
            mistakes.map(\.description) == [
                "environment CARILLON_LISTEN_PUBLC: sets no known key; did you mean CARILLON_LISTEN_PUBLIC?"
            ]
        )

        let loaded = try fixture.load(SettingsFixture.least, environment: ["CARILLON_SERVICE_HOST": "10.0.0.1"])
        #expect(loaded.warnings.map(\.origin).contains(.environment(variable: "CARILLON_SERVICE_HOST")))
    }

    @Test func `each value is known with its origin, and a secret part of it to nobody`() throws {
        let loaded = try fixture.load(
            SettingsFixture.least + "parents: {userinfoURL: 'https://me:hush@ent.example/u'}",
            environment: ["CARILLON_LOG_LEVEL": "debug"]
        )
        let lines = loaded.entries.map { [$0.key, $0.value, $0.origin.description] }

        #expect(lines.contains(["log.level", "debug", "environment CARILLON_LOG_LEVEL"]))
        #expect(lines.contains(["log.format", "json", "default"]))
        #expect(lines.contains(["storage.keyFile", "storage.key", "\(fixture.file):1"]))
        #expect(lines.contains(["parents.userinfoURL", "https://********@ent.example/u", "\(fixture.file):2"]))
    }

    @Test func `a named file is not looked for elsewhere`() throws {
        let error = #expect(throws: SettingsError.self) {
            try SettingsLoader.load(
                config: fixture.folder + "/none.yaml",
                environment: ["CARILLON_CONFIG": fixture.file],
                providers: ProviderList.sections
            )
        }
        #expect(error?.mistakes.first?.allowed == "the file does not exist")
        #expect(SettingsLoader.find(config: nil, environment: ["CARILLON_CONFIG": "/x"]) == "/x")
    }
}
