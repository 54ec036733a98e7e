import CryptoExtras
import Simulator
import Testing

struct GrantValidatorTests {
    /// Made once: an RSA key takes a second to find.
    private static let key = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    private static func claims(_ changes: [String: JSON] = [:]) -> [String: JSON] {
        var claims: [String: JSON] = [
            "iss": "a@b", "scope": .string(GrantValidator.scope), "aud": .string(Fixture.tokenURI),
            "iat": .integer(Fixture.now), "exp": .integer(Fixture.now + 3600),
        ]
        for (name, value) in changes { claims[name] = value == .null ? nil : value }
        return claims
    }

    private func outcome(
        _ changes: [String: JSON] = [:],
        header: JSON = ["alg": "RS256", "kid": "k1", "typ": "JWT"],
        grantType: String = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer",
        spoilt: Bool = false
    ) throws -> String {
        let key = try Self.key.get()
        let account = ServiceAccount(projectID: "project", clientEmail: "a@b", privateKeyID: "k1", key: key.publicKey)
        let assertion = try Fixture.token(header: header, claims: .object(Self.claims(changes))) { signed in
            Array(try key.signature(for: signed + (spoilt ? [0] : []), padding: .insecurePKCS1v1_5).rawRepresentation)
        }
        let request = ReceivedRequest(
            method: "POST",
            target: "/token",
            body: Array("grant_type=\(grantType)&assertion=\(assertion)".utf8)
        )
        do throws(GrantRefusal) {
            let validator = GrantValidator(accounts: [account])
            switch try validator.validate(request, audience: Fixture.tokenURI, now: Fixture.now) {
            case .accessToken(let account): return account.projectID
            case .idTokenOnly: return "id_token"
            }
        } catch {
            return error.description
        }
    }

    @Test func `a correct assertion is granted`() throws {
        #expect(try outcome() == "project")
    }

    @Test(
        arguments: [
            ("iss", "x@y", "Invalid grant: account not found"),
            ("aud", "https://elsewhere/token", "Failed audience check."),
            ("scope", "https://example.org/unknown", "id_token"),
            ("scope", .null, "Empty or missing scope not allowed."),
        ] as [(String, JSON, String)]
    )
    func `each claim is checked`(name: String, value: JSON, expected: String) throws {
        #expect(try outcome([name: value]) == expected)
    }

    @Test(arguments: [(0, 3601), (-3600, -301), (301, 3600), (0, 0)] as [(Int64, Int64)])
    func `an assertion is short-lived and of now`(issued: Int64, expires: Int64) throws {
        let changes: [String: JSON] = ["iat": .integer(Fixture.now + issued), "exp": .integer(Fixture.now + expires)]
        #expect(try outcome(changes).hasPrefix("Invalid JWT: Token must be a short-lived token"))
    }

    @Test func `a wrong signature, key or algorithm is refused`() throws {
        #expect(try outcome(spoilt: true) == "Invalid JWT Signature.")
        #expect(try outcome(header: ["alg": "RS256", "kid": "k2"]) == "Invalid JWT Signature.")
        #expect(try outcome(header: ["alg": "none", "kid": "k1"]) == "Invalid JWT Signature.")
    }

    @Test func `another grant type is refused`() throws {
        #expect(try outcome(grantType: "password") == "Invalid grant_type: password")
    }
}
