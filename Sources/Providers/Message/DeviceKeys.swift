import Cryptography
import Domain

/// What an app makes so that only it can read what is pushed: a point on P-256 and a secret [RFC 8291 §3.1, §3.2], for a phone as for a
/// browser.
package struct DeviceKeys: Hashable, Sendable {
    /// Uncompressed, 65 bytes.
    package var p256dh: [UInt8]
    /// 16 bytes.
    package var auth: [UInt8]

    package init(p256dh: [UInt8], auth: [UInt8]) {
        self.p256dh = p256dh
        self.auth = auth
    }

    static let bytesCount = 65 + 16
    /// Of the first byte of a stored address: the keys stand between it and the address.
    private static let mark: UInt8 = 0x80

    /// An address with its keys, as it is stored; without any it is the address itself.
    static func stored(_ address: [UInt8], with keys: DeviceKeys?) -> [UInt8] {
        guard let keys, let form = address.first else { return address }
        return [form | mark] + keys.p256dh + keys.auth + address.dropFirst()
    }

    /// The address as it is without keys, and they.
    static func split(_ stored: [UInt8]) -> (address: [UInt8], keys: DeviceKeys?) {
        guard let form = stored.first, form & mark != 0, stored.count > bytesCount else { return (stored, nil) }
        let keys = DeviceKeys(p256dh: Array(stored[1..<66]), auth: Array(stored[66..<82]))
        return ([form & ~mark] + stored[82...], keys)
    }
}

extension RegistrationMembers {
    /// The member `keys` of a registration; nil when there is none, or after a mistake.
    mutating func deviceKeys() -> DeviceKeys? {
        guard !isAbsent("keys") else { return nil }
        guard let keys = object["keys"]?.object else {
            fail("/keys", "wrongType", "The keys are an object with p256dh and auth.")
            return nil
        }
        return keysOfRFC8291(.object(keys), p256dh: "/keys/p256dh", auth: "/keys/auth")
    }

    /// Reads both keys, each failing on its own.
    mutating func keysOfRFC8291(_ keys: JSONValue?, p256dh: JSONPointer, auth: JSONPointer) -> DeviceKeys? {
        let point = key(keys?["p256dh"], p256dh, bytes: 65)
        if let point, !Self.isPointOnP256(point) {
            fail(p256dh, "notOnCurve", "p256dh is no uncompressed point on P-256.")
        }
        let secret = key(keys?["auth"], auth, bytes: 16)
        guard let point, let secret else { return nil }
        return DeviceKeys(p256dh: point, auth: secret)
    }

    private mutating func key(_ value: JSONValue?, _ pointer: JSONPointer, bytes: Int) -> [UInt8]? {
        guard let text = value?.string else {
            fail(
                pointer,
                value?.isNull ?? true ? "missing" : "wrongType",
                "The key is a string of \(bytes) bytes in base64url."
            )
            return nil
        }
        // Four characters more than the longest form: a bound before anything is decoded.
        guard text.utf8.count <= 96, let key = Base64.decode(text), key.count == bytes else {
            fail(pointer, "malformed", "The key is not \(bytes) bytes in base64url.")
            return nil
        }
        return key
    }

    /// The uncompressed form only, 04 in front.
    private static func isPointOnP256(_ bytes: [UInt8]) -> Bool {
        do {
            _ = try P256.Point(x963: bytes)
            return true
        } catch { return false }
    }
}
