import Cryptography
import Domain

/// A public key of an issuer, read from its JSON Web Key Set [RFC 7517].
enum IssuerKey: Sendable {
    case es256(P256.VerifyingKey)
    case rs256(RSA.VerifyingKey)

    /// nil for a key of another kind or use, one that is not whole, and an RSA key below 2048 or above 8192 bits.
    init?(_ key: JSONValue) {
        guard ["sig", nil].contains(key["use"]?.string) else { return nil }
        func bytes(_ name: String) -> [UInt8]? { key[name]?.string.flatMap { Base64.decode($0) } }
        func isFor(_ algorithm: SignedToken.Algorithm) -> Bool {
            [algorithm.rawValue, nil].contains(key["alg"]?.string)
        }
        do {
            switch key["kty"]?.string {
            case "EC":
                guard key["crv"]?.string == "P-256", isFor(.es256), let x = bytes("x"), let y = bytes("y"),
                    x.count == 32, y.count == 32
                else { return nil }
                self = .es256(try P256.VerifyingKey(x963: [4] + x + y))
            case "RSA":
                guard isFor(.rs256), let modulus = bytes("n"), let exponent = bytes("e"),
                    (256...1025).contains(modulus.count), (1...8).contains(exponent.count)
                else { return nil }
                self = .rs256(try RSA.VerifyingKey(modulus: modulus, exponent: exponent))
            default: return nil
            }
        } catch {
            // Not a point of the curve, or no RSA key: none of ours.
            return nil
        }
    }

    func isSignature(of token: SignedToken) -> Bool {
        switch (self, token.algorithm) {
        case (.es256(let key), .es256): key.isSignature(token.signature, of: token.signed)
        case (.rs256(let key), .rs256): key.isSignature(token.signature, of: token.signed)
        default: false
        }
    }
}

/// The keys of one answer of an issuer, by their `kid`.
struct IssuerKeySet: Sendable {
    private var named: [String: IssuerKey] = [:]
    private var unnamed: [IssuerKey] = []

    /// Keys of one set that are looked at; the rest is left out.
    private static let keysMax = 64

    /// nil when it is no key set. A key that is not taken does not spoil the others.
    init?(_ document: JSONValue) {
        guard let keys = document["keys"]?.array else { return nil }
        for value in keys.prefix(Self.keysMax) {
            guard let key = IssuerKey(value) else { continue }
            if let name = value["kid"]?.string { named[name] = key } else { unnamed.append(key) }
        }
    }

    var isEmpty: Bool { named.isEmpty && unnamed.isEmpty }

    /// The key of this token. One that names none can only be of a set with a single key.
    func key(of token: SignedToken) -> IssuerKey? {
        if let name = token.keyID { return named[name] }
        return named.count + unnamed.count == 1 ? named.values.first ?? unnamed.first : nil
    }
}
