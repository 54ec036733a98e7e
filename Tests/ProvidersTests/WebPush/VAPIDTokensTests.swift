import Crypto
import Domain
import Providers
import Testing

@Suite struct VAPIDTokensTests {
    private static func tokens() throws -> VAPIDTokens {
        VAPIDTokens(
            credential: try WebPushCredential(
                pem: P256.Signing.PrivateKey().pemRepresentation,
                subject: "mailto:ops@ent.example.org"
            )
        )
    }

    @Test func `a token serves until half of its life, each service with its own`() throws {
        var tokens = try Self.tokens()

        let first = try tokens.token(for: "https://a.example.org", at: Samples.now)

        #expect(try tokens.token(for: "https://a.example.org", at: Samples.now + .seconds(6 * 3600 - 1)) == first)
        #expect(try tokens.token(for: "https://b.example.org", at: Samples.now).origin == "https://b.example.org")
        let second = try tokens.token(for: "https://a.example.org", at: Samples.now + .seconds(6 * 3600))
        #expect(second != first)
        #expect(second.expiresAt == Samples.now + .seconds(18 * 3600))
    }

    @Test func `a token from before a step of the clock is not used`() throws {
        var tokens = try Self.tokens()
        let ahead = try tokens.token(for: "https://a.example.org", at: Samples.now + .seconds(86_400))

        #expect(try tokens.token(for: "https://a.example.org", at: Samples.now + .seconds(86_400 - 60)) == ahead)
        let right = try tokens.token(for: "https://a.example.org", at: Samples.now)

        #expect(right.expiresAt == Samples.now + .seconds(12 * 3600))
    }

    @Test func `beyond 256 services the oldest token goes and no other`() throws {
        var tokens = try Self.tokens()
        func origin(_ number: Int) -> String { "https://up\(number).example.org" }
        let made = try (0..<257).map { try tokens.token(for: origin($0), at: Samples.now + .seconds(Int64($0))) }
        let now = Samples.now + .seconds(300)

        for number in 1..<257 { #expect(try tokens.token(for: origin(number), at: now) == made[number]) }
        #expect(try tokens.token(for: origin(0), at: now) != made[0])
    }

    @Test(arguments: [
        ("https://fcm.googleapis.com/fcm/send/x", "https://fcm.googleapis.com", "fcm.googleapis.com"),
        ("https://UP.example.org:443/x", "https://up.example.org", "up.example.org"),
        ("https://up.example.org:8443/x?y", "https://up.example.org:8443", "up.example.org:8443"),
    ])
    func `the audience is the endpoint's origin, with a port that is not 443`(
        endpoint: String,
        origin: String,
        authority: String
    ) throws {
        let parsed = try PushEndpoint(endpoint)

        #expect(parsed.origin == origin)
        #expect(parsed.authority == authority)
    }
}
