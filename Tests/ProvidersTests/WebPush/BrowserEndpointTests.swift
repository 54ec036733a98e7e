// swift-format-ignore-file: NeverForceUnwrap

import Domain
import Providers
import Testing

/// The endpoints that browsers are really given, under the list that holds when the configuration names none.
struct BrowserEndpointTests {
    static let rules = EndpointRules(WebPush.browserHosts.map { EndpointRules.Entry($0)! })

    @Test(arguments: [
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAAABnpdbulnTLVcG1dB8MMTW1w9txxdv6vnAidRDzsDjOTx39pelZu6I7dI8x",
        "https://fcm.googleapis.com/fcm/send/cITe60iQR1w:APA91bEWLv9IwSyWN8oenp2Z9vUx1Y3mhWBoiNKpWi45RRrU9",
        "https://jmt17.google.com/fcm/send/dAbC:APA91bExample",
        "https://fcm.googleapis.com/wp/dHIoDxE7Hdg:APA91bH1Zj0kNa",
        "https://web.push.apple.com/QPh2Y0eZ_x-1",
        "https://api.push.apple.com/QPh2Y0eZ",
        "https://db5p.notify.windows.com/w/?token=BQYAAACe%2bQ%3d%3d",
        "https://wns2-par02p.notify.windows.com/w/?token=BQYAAACe%2bQ",
    ])
    func `every browser's endpoint passes`(endpoint: String) throws {
        let parsed = try Self.rules.check(endpoint, bytesMax: 1000)

        #expect(parsed.origin + parsed.path == endpoint)
    }

    @Test(
        arguments: [
            ("https://push.apple.com/x", .hostNotAllowed), ("https://notify.windows.com/w/?token=x", .hostNotAllowed),
            ("https://fcm.googleapis.com.evil.test/fcm/send/x", .hostNotAllowed),
            ("https://evil-push.apple.com.evil.test/x", .hostNotAllowed),
            ("https://xpush.apple.com/x", .hostNotAllowed),
            ("https://a.fcm.googleapis.com/fcm/send/x", .hostNotAllowed),
            ("https://127.0.0.1.nip.io/x", .hostNotAllowed), ("https://metadata.google.internal/x", .addressLiteral),
            ("https://169.254.169.254/latest/meta-data", .addressLiteral), ("https://0177.0.0.1/x", .addressLiteral),
            ("https://0x7f000001/x", .addressLiteral), ("https://x.0x7f/x", .addressLiteral),
            ("https://[::ffff:169.254.169.254]/x", .addressLiteral), ("https://[64:ff9b::a00:1]/x", .addressLiteral),
            ("https://[fe80::1%25eth0]/x", .notURL), ("https://printer.local/x", .addressLiteral),
            ("https://intranet/x", .addressLiteral),
            ("https://fcm.googleapis.com:80/fcm/send/x", .port), ("https://fcm.googleapis.com:22/fcm/send/x", .port),
            ("https://fcm.googleapis.com:443@evil.test/x", .userInformation),
            ("https://evil.test#@fcm.googleapis.com/x", .fragment),
            ("https://evil.test?@fcm.googleapis.com/x", .hostNotAllowed),
            ("https://fcm.googleapis.com\t/x", .notURL), ("https://fcm.googleapis.com/x\r\nHost: y", .notURL),
            ("https://fcm.googleapis.com\u{3002}evil.test/x", .notURL), ("//fcm.googleapis.com/x", .notURL),
            ("https://fcm.googleapis.com/v1/projects/p/messages:send", .path),
            ("https://fcm.googleapis.com/wp/", .path),
            ("https://fcm.googleapis.com/wp", .path), ("https://FCM.googleapis.com/fcm/Send/x", .path),
            ("https://fcm.googleapis.com/?/wp/x", .path), ("https://jmt17.google.com/search", .path),
            ("http://fcm.googleapis.com/fcm/send/x", .notHTTPS), ("gopher://fcm.googleapis.com/x", .notHTTPS),
        ] as [(String, PushEndpoint.Fault)]
    )
    func `what would lead us elsewhere is refused`(endpoint: String, fault: PushEndpoint.Fault) {
        #expect(throws: fault) { try Self.rules.check(endpoint, bytesMax: 1000) }
    }

    @Test func `the length is counted in bytes, the last allowed one included`() throws {
        let start = "https://fcm.googleapis.com/wp/"
        let longest = start + String(repeating: "a", count: 1000 - start.utf8.count)

        #expect(try Self.rules.check(longest, bytesMax: 1000).origin == "https://fcm.googleapis.com")
        #expect(throws: PushEndpoint.Fault.tooLong) { try Self.rules.check(longest + "a", bytesMax: 1000) }
    }
}

extension BrowserEndpointTests {
    @Test func `the service behind a lane is known by its name, without a subscription`() {
        #expect(Self.rules.endpoint(authority: "fcm.googleapis.com")?.host == "fcm.googleapis.com")
        #expect(Self.rules.endpoint(authority: "mail.google.com") == nil)
    }
}
