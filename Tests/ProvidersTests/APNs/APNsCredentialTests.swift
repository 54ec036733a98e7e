import Crypto
import Domain
import Providers
import Testing

@Suite struct APNsCredentialTests {
    @Test func `a provider token is signed with the key and says who and when as a number`() throws {
        let key = P256.Signing.PrivateKey()
        let credential = try APNsCredential(pem: key.pemRepresentation, keyID: "ABC123DEFG", teamID: "ABCDE12345")

        let token = try credential.mint(at: Samples.now)

        let parts = token.value.split(separator: ".").map(String.init)
        #expect(parts.count == 3)
        #expect(try claims(parts[0]) == #"{"alg":"ES256","kid":"ABC123DEFG"}"#)
        #expect(try claims(parts[1]) == #"{"iss":"ABCDE12345","iat":1789396260}"#)
        let raw = try #require(Base64.decode(parts[2]))
        #expect(raw.count == 64)
        let signature = try P256.Signing.ECDSASignature(rawRepresentation: raw)
        #expect(key.publicKey.isValidSignature(signature, for: Array("\(parts[0]).\(parts[1])".utf8)))
        #expect(token.keyID == "ABC123DEFG" && token.issuedAt == Samples.now)
    }

    @Test func `a file that is no such key is refused with what is wrong`() throws {
        let p384 = P384.Signing.PrivateKey().pemRepresentation
        let wrong: [(String, PrivateKeyError)] = [
            ("", .notPEM),
            ("MIGTAgEAMBMGByqGSM49", .notPEM),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", .notPrivateKey(label: "CERTIFICATE")),
            (P256.Signing.PrivateKey().publicKey.pemRepresentation, .notPrivateKey(label: "PUBLIC KEY")),
            ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", .encrypted),
            (p384, .unusable(needed: "an elliptic-curve key on P-256 (Apple's .p8)")),
            (
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                .unusable(needed: "an elliptic-curve key on P-256 (Apple's .p8)")
            ),
        ]

        for (pem, problem) in wrong {
            #expect(throws: APNsCredentialError.key(problem)) {
                try APNsCredential(pem: pem, keyID: "ABC123DEFG", teamID: "ABCDE12345")
            }
        }
    }

    @Test(arguments: ["", "AB C", "ABC\"DEF", "ABC\n", "ÀBC123DEFG", String(repeating: "A", count: 65)])
    func `an identifier that does not belong into a header is refused`(identifier: String) {
        let pem = P256.Signing.PrivateKey().pemRepresentation

        #expect(throws: APNsCredentialError.malformedKeyID) {
            try APNsCredential(pem: pem, keyID: identifier, teamID: "ABCDE12345")
        }
        #expect(throws: APNsCredentialError.malformedTeamID) {
            try APNsCredential(pem: pem, keyID: "ABC123DEFG", teamID: identifier)
        }
    }

    private func claims(_ part: String) throws -> String {
        String(decoding: try #require(Base64.decode(part)), as: UTF8.self)
    }
}
