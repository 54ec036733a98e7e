// swift-format-ignore-file: NeverForceUnwrap, NeverUseForceTry

import Crypto
import CryptoExtras
import Domain
import FoundationEssentials
import Hummingbird
import Logging
import NIOCore
import Synchronization

@testable import API

/// An issuer of tokens on a free port: its discovery document, its keys, and tokens signed by any of them.
final class FakeIssuer: Sendable {
    struct State {
        var keys: [JSONValue] = []
        var requests: [String] = []
        var isDown = false
        /// As the discovery document says.
        var issuer: String?
    }

    let state = Mutex(State())
    let server: APIServer
    let ec = P256.Signing.PrivateKey()
    let rsa: _RSA.Signing.PrivateKey

    static let audience = "carillon"

    init() throws {
        rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let router = Router(context: APIContext.self)
        let box = Box()
        router.get("**") { request, _ in box.issuer!.answer(request.uri.path) }
        server = APIServer(
            router: router,
            address: .tcp(host: "127.0.0.1", port: 0),
            logger: Logger(label: "issuer", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        box.issuer = self
        state.withLock { $0.keys = [key(ec.publicKey, "e1"), key(rsa.publicKey, "r1")] }
    }

    /// Set once, before the server runs.
    private final class Box: @unchecked Sendable { weak var issuer: FakeIssuer? }

    var url: String { "http://127.0.0.1:\(port.withLock { $0 })" }
    let port = Mutex(0)
    var requests: Int { state.withLock { $0.requests.count } }

    private func answer(_ path: String) -> Response {
        let value: JSONValue? = state.withLock { state in
            state.requests.append(path)
            if state.isDown { return nil }
            switch path {
            case "/.well-known/openid-configuration":
                return ["issuer": .string(state.issuer ?? url), "jwks_uri": .string(url + "/jwks")]
            case "/jwks": return ["keys": .array(state.keys)]
            default: return nil
            }
        }
        guard let value else { return Response(status: .serviceUnavailable) }
        return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: JSONWriter.text(value))))
    }

    func key(_ key: P256.Signing.PublicKey, _ name: String) -> JSONValue {
        let raw = Array(key.rawRepresentation)
        return [
            "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": .string(name),
            "x": .string(Base64.encodeURL(raw.prefix(32))), "y": .string(Base64.encodeURL(raw.suffix(32))),
        ]
    }

    func key(_ key: _RSA.Signing.PublicKey, _ name: String) -> JSONValue {
        let numbers = try! key.getKeyPrimitives()
        return [
            "kty": "RSA", "kid": .string(name), "n": .string(Base64.encodeURL(Array(numbers.modulus))),
            "e": .string(Base64.encodeURL(Array(numbers.publicExponent))),
        ]
    }

    /// What a good token claims, `now` in seconds.
    func claims(now: Int64, _ changes: JSONObject = JSONObject([:]), without left: String? = nil) -> JSONValue {
        var claims = JSONObject([
            "iss": .string(url), "aud": .string(Self.audience), "exp": .number(now + 300), "uid": "u1",
            "sub": "external-1",
        ])
        for change in changes.members { claims[change.name] = change.value }
        if let left { claims[left] = nil }
        return .object(claims)
    }

    func token(_ claims: JSONValue, header: JSONValue? = nil, by sign: (([UInt8]) -> [UInt8])? = nil) -> String {
        let header = header ?? ["alg": "ES256", "kid": "e1"]
        let signed = [header, claims].map { Base64.encodeURL(Array(JSONWriter.text($0).utf8)) }.joined(separator: ".")
        let sign = sign ?? { [ec] in Array(try! ec.signature(for: $0).rawRepresentation) }
        return signed + "." + Base64.encodeURL(sign(Array(signed.utf8)))
    }

    func byRSA(_ bytes: [UInt8]) -> [UInt8] {
        Array(try! rsa.signature(for: bytes, padding: .insecurePKCS1v1_5).rawRepresentation)
    }
}
