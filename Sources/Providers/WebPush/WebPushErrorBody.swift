import Domain

/// The error of a push service in the three forms that are known: Mozilla's JSON with a number, Apple's with a word,
/// Firebase's text.
struct WebPushErrorBody {
    /// What more a service says is not looked at.
    static let bytesMax = 4096

    /// Apple's `reason`.
    private(set) var word: String?
    /// Mozilla's `errno`.
    private(set) var errno: Int64?
    /// Lower case: Mozilla's `message`, or the whole body when it is no JSON. Only looked into for known words, never
    /// shown.
    private var text = ""

    init(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        do {
            let body = try JSONParser.parse(bytes.prefix(Self.bytesMax), depthMax: 8)
            word = ReasonWord.checked(body["reason"]?.string)
            errno = body["errno"]?.int64.flatMap { (0...9999).contains($0) ? $0 : nil }
            text = body["message"]?.string?.lowercased() ?? ""
        } catch {
            // Not JSON is what Firebase answers, and proxies too.
            text = String(decoding: bytes.prefix(Self.bytesMax), as: UTF8.self).lowercased()
        }
    }

    /// For the operator's timeline; nil when nothing known is said.
    var reason: String? {
        if let word { return word }
        if namesOtherKey { return "vapidKeyMismatch" }
        if let errno { return "errno\(errno)" }
        return namesCredential ? "vapidRefused" : nil
    }

    /// The subscription was made for another key than the one that signs, or for none.
    var namesOtherKey: Bool {
        word == "VapidPkHashMismatch" || text.contains("public key mismatch") || text.contains("not correspond to")
            || text.contains("unauthorizedregistration")
    }

    /// The token, its signature or its claims are refused.
    var namesCredential: Bool {
        errno == 109 || word.map(Self.credentialWords.contains) ?? false
            || Self.credentialTexts.contains(where: text.contains)
    }

    private static let credentialWords: Set<String> = [
        "BadJwtToken", "ExpiredJwtToken", "BadAuthorizationHeader", "MissingAuthorizationHeader", "BadVapidPublicKey",
    ]
    private static let credentialTexts = [
        "vapid", "jwt", "aud claim", "exp claim", "sub claim", "authorization header",
    ]
}
