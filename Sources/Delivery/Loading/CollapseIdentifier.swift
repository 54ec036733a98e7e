import Cryptography
import Domain

/// Names a publication to one person's devices without telling who or what: a second copy replaces the first.
///
/// 32 lower-case hex characters of HMAC-SHA-256(installation key, collapse key ‖ user). A recap is apart from the event that it is sent for, and
/// whose correction must not take its place.
struct CollapseIdentifier: Sendable {
    static let count = 32

    private let code: HMACSHA256

    /// - Parameter installationKey: 32 bytes, secret.
    init(installationKey: [UInt8]) { code = HMACSHA256(SymmetricKey(data: installationKey)) }

    /// What stands before the user in the text that is hashed; made once for the deliveries of an event.
    static func prefix(_ key: EventID, isRecap: Bool) -> [UInt8] {
        Array((isRecap ? "recap " + key.description : key.description).utf8)
    }

    func text(_ prefix: [UInt8], user: String) -> String {
        var user = user
        return user.withUTF8 { user in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: prefix.count + user.count) { text in
                _ = text.initialize(fromContentsOf: prefix)
                _ = text[prefix.count...].initialize(fromContentsOf: user)
                return withUnsafeTemporaryAllocation(byteCount: HMACSHA256.byteCount, alignment: 8) { code in
                    self.code.code(of: UnsafeRawBufferPointer(text), into: code)
                    return Hex.text(UnsafeRawBufferPointer(rebasing: code[..<(Self.count / 2)]))
                }
            }
        }
    }
}
