// swift-format-ignore-file: NeverForceUnwrap, NeverUseForceTry

import Domain
import Providers
import Testing

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

    @Test(
        arguments: [
            ("https://push.of.a.parent.example/up?t=1", nil), ("https://push.example.org:8443/x", .port),
            ("https://127.0.0.1/x", .addressLiteral), ("https://2130706433/x", .addressLiteral),
            ("https://nas.local/x", .addressLiteral), ("http://push.example.org/x", .notHTTPS),
        ] as [(String, PushEndpoint.Fault?)]
    )
    func `without a list any public host passes, at its own port`(endpoint: String, fault: PushEndpoint.Fault?) {
        var found: PushEndpoint.Fault?
        do throws(PushEndpoint.Fault) {
            _ = try EndpointRules(anyHostWithPrivate: false).check(endpoint, bytesMax: 1000)
        } catch { found = error }
        #expect(found == fault)
        if fault != .notHTTPS {
            #expect(throws: Never.self) {
                try EndpointRules(anyHostWithPrivate: true).check(endpoint, bytesMax: 1000)
            }
        }
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
