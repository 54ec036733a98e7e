import Crypto
import Domain
import Providers
import Testing

@Suite struct WebPushCredentialTests {
    static let subject = "mailto:ops@ent.example.org"

    @Test func `a token is made out to the origin, ends in twelve hours and is signed with the key`() throws {
        let key = P256.Signing.PrivateKey()
        let credential = try WebPushCredential(pem: key.pemRepresentation, subject: Self.subject)

        let token = try credential.mint(origin: "https://push.example.net", at: Samples.now)

        let (jwt, publicKey) = try parts(of: token.authorization)
        #expect(publicKey == credential.publicKey)
        #expect(credential.publicKey == Base64.encodeURL(key.publicKey.x963Representation))
        #expect(credential.publicKey.utf8.count == 87)
        let fields = jwt.split(separator: ".").map(String.init)
        #expect(try text(fields[0]) == #"{"typ":"JWT","alg":"ES256"}"#)
        #expect(
            try text(fields[1])
                == #"{"aud":"https://push.example.net","exp":1789439460,"sub":"mailto:ops@ent.example.org"}"#
        )
        let signature = try P256.Signing.ECDSASignature(rawRepresentation: #require(Base64.decode(fields[2])))
        #expect(key.publicKey.isValidSignature(signature, for: Array("\(fields[0]).\(fields[1])".utf8)))
        #expect(token.expiresAt == Samples.now + .seconds(12 * 3600))
        #expect(token.renewAt == Samples.now + .seconds(6 * 3600))
    }

    @Test func `an independent implementation makes keys that we read and reads tokens that we make`() throws {
        let made = try Oracle.ask("key", [:])
        let credential = try WebPushCredential(pem: #require(made["pem"]?.string), subject: Self.subject)
        let header = try credential.mint(origin: "https://push.example.net:8443", at: Samples.now).authorization
        let other = try WebPushCredential(pem: P256.Signing.PrivateKey().pemRepresentation, subject: Self.subject)
        let forged = header.replacing(credential.publicKey, with: other.publicKey)

        let answer = try Oracle.ask("verify", ["headers": [.string(header), .string(forged), .string(Self.example)]])

        #expect(made["publicKey"]?.string == credential.publicKey)
        #expect(answer["valid"] == [true, false, true])
    }

    /// RFC 8292 §2.4.
    static let example =
        "vapid t=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6"
        + "Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1"
        + "oA, k=BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs"

    @Test func `the example of RFC 8292 holds, and has the form that we write`() throws {
        let (jwt, key) = try parts(of: Self.example)
        let fields = jwt.split(separator: ".").map(String.init)

        let publicKey = try P256.Signing.PublicKey(x963Representation: #require(Base64.decode(key)))
        let signature = try P256.Signing.ECDSASignature(rawRepresentation: #require(Base64.decode(fields[2])))

        #expect(publicKey.isValidSignature(signature, for: Array("\(fields[0]).\(fields[1])".utf8)))
        #expect(try text(fields[0]) == #"{"typ":"JWT","alg":"ES256"}"#)
        #expect(
            try text(fields[1])
                == #"{"aud":"https://push.example.net","exp":1453523768,"sub":"mailto:push@example.com"}"#
        )
    }

    @Test(arguments: [
        "mailto:ops@ent.example.org", "mailto:a.b+c@x-y.fr", "https://ent.example.org",
        "https://ent.example.org/contact?x=1",
    ])
    func `a subject that reaches a person is taken`(subject: String) throws {
        let pem = P256.Signing.PrivateKey().pemRepresentation

        #expect(try WebPushCredential(pem: pem, subject: subject).subject == subject)
    }

    @Test(arguments: [
        "", "ops@ent.example.org", "mailto:", "mailto:ops", "mailto:ops@", "mailto:@ent.example.org",
        "mailto:ops@localhost",
        "mailto:ops@mail.localhost", "mailto:ops@school.local", "mailto:ops@x.invalid", "mailto:ops@X.INVALID",
        "mailto:<ops@ent.example.org>", "mailto: ops@ent.example.org", "mailto:ops@ent.example.org?subject=x",
        "mailto:a@b.fr,c@d.fr", "mailto:ops@127.0.0.1", "mailto:ops@ent.example.org\n", "MAILTO:ops@ent.example.org",
        "http://ent.example.org", "https://localhost", "https://localhost:8443/", "https://ent.local",
        "https://127.0.0.1/",
        "https://[::1]/", "https://ent", "https://u@ent.example.org", "https://", "ftp://ent.example.org",
        "mailto:ops@0x7f.0x1",
        "mailto:" + String(repeating: "a", count: 300) + "@ent.example.org",
    ])
    func `a subject that cannot be real is refused before Apple refuses every message`(subject: String) {
        let pem = P256.Signing.PrivateKey().pemRepresentation

        #expect(throws: WebPushCredentialError.malformedSubject) { try WebPushCredential(pem: pem, subject: subject) }
    }

    @Test func `a file that is no such key is refused with what is wrong`() {
        let wrong: [(String, PrivateKeyError)] = [
            ("", .notPEM),
            (P256.Signing.PrivateKey().publicKey.pemRepresentation, .notPrivateKey(label: "PUBLIC KEY")),
            ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", .encrypted),
            (P384.Signing.PrivateKey().pemRepresentation, .unusable(needed: "an elliptic-curve key on P-256")),
        ]

        for (pem, problem) in wrong {
            #expect(throws: WebPushCredentialError.key(problem)) {
                try WebPushCredential(pem: pem, subject: Self.subject)
            }
        }
    }

    @Test func `a token is not printed`() throws {
        let credential = try WebPushCredential(pem: P256.Signing.PrivateKey().pemRepresentation, subject: Self.subject)

        let token = try credential.mint(origin: "https://push.example.net", at: Samples.now)

        #expect("\(token)" == "VAPIDToken(origin: https://push.example.net, expiresAt: 1789439460)")
        #expect(String(reflecting: token) == "\(token)")
    }

    private func parts(of header: String) throws -> (token: String, key: String) {
        let match = try #require(header.wholeMatch(of: /vapid t=([^,]+), k=([A-Za-z0-9_-]+)/))
        return (String(match.1), String(match.2))
    }

    private func text(_ part: String) throws -> String {
        String(decoding: try #require(Base64.decode(part)), as: UTF8.self)
    }
}
