import Cryptography
package import Domain

/// A service account of Google (its JSON key file), which signs for access tokens.
package struct FCMCredential: Sendable {
    /// What the access token may be used for; narrower than `cloud-platform`.
    static let scope = "https://www.googleapis.com/auth/firebase.messaging"

    /// Names the project in the path of every send.
    package let projectID: String
    package let clientEmail: String
    /// `private_key_id`, for the operator to find the key in Google's console.
    package let keyID: String
    /// Where access tokens come from, as the file says.
    package let tokenURI: String
    private let key: RSA.SigningKey

    /// - Parameter json: the key file as Google gives it.
    /// - Throws: ``FCMCredentialError``, the first mistake found.
    package init(json: [UInt8]) throws(FCMCredentialError) {
        let file: JSONObject
        do {
            guard let object = try JSONParser.parse(json, depthMax: 8).object else { throw FCMCredentialError.notJSON }
            file = object
        } catch {
            throw .notJSON
        }
        guard try Self.text("type", of: file) == "service_account" else { throw .notServiceAccount }
        projectID = try Self.text("project_id", of: file)
        clientEmail = try Self.text("client_email", of: file)
        keyID = try Self.text("private_key_id", of: file)
        tokenURI = try Self.text("token_uri", of: file)
        guard projectID.utf8.allSatisfy(Self.isPathByte) else { throw .malformed("project_id") }
        guard tokenURI.hasPrefix("https://") || tokenURI.hasPrefix("http://") else { throw .malformed("token_uri") }
        let pem = try Self.text("private_key", of: file)
        do {
            try PrivateKeyError.checkLabel(of: pem)
        } catch {
            throw .key(error)
        }
        do {
            key = try RSA.SigningKey(pem: pem)
        } catch {
            // The library's error adds nothing that the operator could use.
            throw .key(.unusable(needed: "an RSA key of at least 2048 bits"))
        }
    }

    /// The form that asks for an access token [RFC 7523 §2.1], with an assertion valid for an hour. Some milliseconds.
    package func tokenRequestForm(at now: Instant) throws(FCMCredentialError) -> [UInt8] {
        let grant = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
        // The assertion's alphabet needs no percent encoding.
        return Array("grant_type=\(grant)&assertion=\(try assertion(at: now))".utf8)
    }

    /// RS256: RSASSA-PKCS1-v1_5 with SHA-256 [RFC 7518 §3.3].
    func assertion(at now: Instant) throws(FCMCredentialError) -> String {
        var header = JSONObject()
        header["alg"] = "RS256"
        header["typ"] = "JWT"
        header["kid"] = .string(keyID)
        var claims = JSONObject()
        claims["iss"] = .string(clientEmail)
        claims["scope"] = .string(Self.scope)
        claims["aud"] = .string(tokenURI)
        claims["iat"] = .number(now.seconds)
        claims["exp"] = .number(now.seconds + 3600)
        return try JSONWebToken.signed(header: header, claims: claims) { (input) throws(FCMCredentialError) in
            do {
                return try key.signature(of: input)
            } catch {
                throw .signatureFailed
            }
        }
    }

    private static func text(_ name: String, of file: JSONObject) throws(FCMCredentialError) -> String {
        guard let text = file[name]?.string, !text.isEmpty else { throw .missing(name) }
        return text
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: ":"):
            true
        default: false
        }
    }
}

package enum FCMCredentialError: Error, Hashable, Sendable {
    case notJSON
    /// `type` is another kind of credential, for example `authorized_user`.
    case notServiceAccount
    /// The member is absent, empty or no string.
    case missing(String)
    case malformed(String)
    case key(PrivateKeyError)
    /// The crypto library gave no signature; never seen with a key that could be read.
    case signatureFailed

    package var sentence: String {
        switch self {
        case .notJSON: "it is not a JSON object"
        case .notServiceAccount: "its type is not service_account; make a key of a service account in Google's console"
        case .missing(let member): "the member \(member) is missing or empty"
        case .malformed(let member): "the member \(member) is malformed"
        case .key(let problem): "of private_key: \(problem.sentence)"
        case .signatureFailed: "the key gives no signature"
        }
    }
}
