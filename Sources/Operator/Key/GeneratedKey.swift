import Crypto
import Domain
import FoundationEssentials

/// A fresh key in the form its file has.
struct GeneratedKey {
    enum Kind: String, CaseIterable {
        case vapid, publisher, webhook, storage, audit
    }

    var kind: Kind
    /// The content of the secret file, without line feed at the end.
    var secret: String
    var id: String?
    /// base64url of the uncompressed point, as a browser's `applicationServerKey` wants it.
    var publicKey: String?
    /// The line of a `keysFile`.
    var hash: String?

    init(_ kind: Kind) {
        self.kind = kind
        switch kind {
        case .vapid:
            let key = P256.Signing.PrivateKey()
            secret = key.pemRepresentation
            publicKey = Base64.encodeURL(key.publicKey.x963Representation)
        case .publisher:
            secret = "cpk_" + Base64.encodeURL(Self.random(32))
            let id = Self.freshID()
            self.id = id
            let digest = SHA256.hash(data: Data(secret.utf8))
            hash = "\(id) sha256:" + digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        case .webhook:
            secret = "whsec_" + Base64.encode(Self.random(32))
        case .storage, .audit:
            let id = Self.freshID()
            self.id = id
            secret = "\(id):" + Base64.encode(Self.random(32))
        }
    }

    /// `file` is where the secret went; then it is not in the object.
    func json(file: String?) -> JSONObject {
        var object = JSONObject()
        object["kind"] = .string(kind.rawValue)
        if let file {
            object["file"] = .string(file)
        } else {
            object[kind == .vapid ? "privateKey" : "secret"] = .string(secret)
        }
        if let id { object["id"] = .string(id) }
        if let publicKey { object["publicKey"] = .string(publicKey) }
        if let hash { object["hash"] = .string(hash) }
        return object
    }

    /// Told apart by chance: 32 bits suffice for the few keys of a file.
    private static func freshID() -> String {
        "k" + random(4).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func random(_ count: Int) -> [UInt8] {
        SymmetricKey(size: SymmetricKeySize(bitCount: count * 8)).withUnsafeBytes { Array($0) }
    }
}
