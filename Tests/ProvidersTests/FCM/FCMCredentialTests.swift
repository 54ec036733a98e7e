import Crypto
import CryptoExtras
import Domain
import Providers
import Testing
import Text

@Suite struct FCMCredentialTests {
    @Test func `the assertion is signed with RS256 and valid for an hour`() throws {
        let credential = try FCMCredential(json: ServiceAccountFile.json())

        let form = String(decoding: try credential.tokenRequestForm(at: Samples.now), as: UTF8.self)

        let prefix = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="
        #expect(form.hasPrefix(prefix))
        let parts = form.dropFirst(prefix.count).split(separator: ".").map(String.init)
        #expect(parts.count == 3)
        #expect(try text(parts[0]) == #"{"alg":"RS256","typ":"JWT","kid":"0123456789abcdef"}"#)
        #expect(
            try text(parts[1]) == #"""
                {"iss":"push@one-pocket.iam.example","scope":"https://www.googleapis.com/auth/firebase.messaging",\#
                "aud":"https://oauth2.example/token","iat":1789396260,"exp":1789399860}
                """#
        )
        let signature = _RSA.Signing.RSASignature(rawRepresentation: try #require(Base64.decode(parts[2])))
        #expect(
            try ServiceAccountFile.publicKey().isValidSignature(
                signature,
                for: Array("\(parts[0]).\(parts[1])".utf8),
                padding: .insecurePKCS1v1_5
            )
        )
    }

    @Test func `the key file names project, account and token endpoint`() throws {
        let credential = try FCMCredential(json: ServiceAccountFile.json())

        #expect(credential.projectID == "one-pocket")
        #expect(credential.clientEmail == "push@one-pocket.iam.example")
        #expect(credential.keyID == "0123456789abcdef")
        #expect(credential.tokenURI == ServiceAccountFile.tokenURI)
    }

    @Test(arguments: ["", "{", "[]", "7"])
    func `a file that is no JSON object is refused`(text: String) {
        #expect(throws: FCMCredentialError.notJSON) { try FCMCredential(json: Array(text.utf8)) }
    }

    @Test(arguments: ["type", "project_id", "private_key_id", "private_key", "client_email", "token_uri"])
    func `a missing member is named`(name: String) {
        #expect(throws: FCMCredentialError.missing(name)) {
            try FCMCredential(json: ServiceAccountFile.json(changing: [name: .some(nil)]))
        }
        #expect(throws: FCMCredentialError.missing(name)) {
            try FCMCredential(json: ServiceAccountFile.json(changing: [name: 7]))
        }
    }

    @Test(arguments: [
        ("type", "authorized_user", FCMCredentialError.notServiceAccount),
        ("project_id", "../other", .malformed("project_id")),
        ("token_uri", "file:///etc/passwd", .malformed("token_uri")),
        ("private_key", "secret", .key(.notPEM)),
        (
            "private_key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            .key(.unusable(needed: "an RSA key of at least 2048 bits"))
        ),
    ])
    func `a member of no use is named`(name: String, value: String, error: FCMCredentialError) {
        #expect(throws: error) {
            try FCMCredential(json: ServiceAccountFile.json(changing: [name: .string(value)]))
        }
    }

    @Test func `an elliptic-curve key is no service account's key`() {
        let pem = P256.Signing.PrivateKey().pemRepresentation

        #expect(throws: FCMCredentialError.key(.unusable(needed: "an RSA key of at least 2048 bits"))) {
            try FCMCredential(json: ServiceAccountFile.json(changing: ["private_key": .string(pem)]))
        }
    }

    private func text(_ part: String) throws -> String {
        String(decoding: try #require(Base64.decode(part)), as: UTF8.self)
    }
}
