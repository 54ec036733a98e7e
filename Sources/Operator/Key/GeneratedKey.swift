import Cryptography
import Domain

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
            let key = P256.SigningKey()
            secret = key.pem
            publicKey = Base64.encodeURL(key.publicKey)
        case .publisher:
            secret = "cpk_" + Base64.encodeURL(SecureRandom.bytes(32))
            let id = Self.freshID()
            self.id = id
            let digest = SHA256.hash(secret)
            hash = "\(id) sha256:" + digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        case .webhook:
            secret = "whsec_" + Base64.encode(SecureRandom.bytes(32))
        case .storage, .audit:
            let id = Self.freshID()
            self.id = id
            secret = "\(id):" + Base64.encode(SecureRandom.bytes(32))
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
        "k" + SecureRandom.bytes(4).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
