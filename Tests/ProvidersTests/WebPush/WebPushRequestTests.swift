import Crypto
import Domain
import FanOut
import Providers
import Testing

@Suite struct WebPushRequestTests {
    private static func token() throws -> VAPIDToken {
        try WebPushCredential(
            pem: P256.Signing.PrivateKey().pemRepresentation,
            subject: "https://ent.example.org"
        ).mint(origin: "https://push.example.net", at: Samples.now)
    }

    @Test(arguments: [(Urgency.low, "low"), (.normal, "normal"), (.urgent, "high")])
    func `the repeating headers say who sends what how urgently, in a form the engine takes`(
        urgency: Urgency,
        word: String
    ) throws {
        let token = try Self.token()

        let headers = WebPushRequest.repeatingHeaders(token: token, urgency: urgency)

        #expect(
            headers.map { "\($0.name): \($0.value)" } == [
                "authorization: \(token.authorization)", "content-encoding: aes128gcm",
                "content-type: application/octet-stream", "urgency: \(word)",
            ]
        )
        #expect(throws: Never.self) { try HeaderBlock(headers.map { .init($0.name, $0.value) }) }
    }

    @Test func `the whole list adds how long and under which topic`() throws {
        let headers = WebPushRequest.headers(
            token: try Self.token(),
            urgency: .urgent,
            collapseID: String(decoding: Samples.collapseID, as: UTF8.self),
            expiry: .at(Samples.now + .seconds(3600)),
            host: "push.example.net",
            now: Samples.now + .seconds(600)
        )

        #expect(
            headers.map(\.name) == ["authorization", "content-encoding", "content-type", "urgency", "ttl", "topic"]
        )
        #expect(headers[4].value == "3000")
        #expect(headers[5].value == "0123456789abcdef0123456789abcdef")
    }

    @Test(arguments: [
        (Expiry.at(Samples.now + .seconds(3600)), "updates.push.services.mozilla.com", Int64(3600)),
        (.at(Samples.now + .milliseconds(1999)), "web.push.apple.com", 1),
        (.at(Samples.now + .seconds(-5)), "web.push.apple.com", 0),
        (.at(Samples.now), "fcm.googleapis.com", 0),
        (.at(Samples.now), "db5p.notify.windows.com", 1),
        (.at(Samples.now + .seconds(90)), "db5p.notify.windows.com", 90),
        (.at(Samples.now), "notify.windows.com.example.org", 0),
        (.at(Samples.now + .seconds(86_400 * 60)), "fcm.googleapis.com", 2_419_200),
    ])
    func `the time to live is counted anew, never above 28 days, and never 0 for Windows`(
        expiry: Expiry,
        host: String,
        seconds: Int64
    ) {
        #expect(WebPushRequest.timeToLiveSeconds(expiry, host: host, now: Samples.now) == seconds)
    }
}
