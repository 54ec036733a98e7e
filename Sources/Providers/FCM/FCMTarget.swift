package import Domain

/// Firebase's two addresses of a phone, as they are registered and stored.
package enum FCMTarget {
    /// First byte of the stored form; the rest is the text.
    static let token: UInt8 = 1
    static let installation: UInt8 = 2

    /// The text of a stored address; nil when it is another provider's.
    package static func text(of stored: [UInt8]) -> String? {
        let bytes = DeviceKeys.split(stored).address
        guard let form = bytes.first, form == token || form == installation else { return nil }
        return String(decoding: bytes.dropFirst(), as: UTF8.self)
    }

    /// A registration token, also the one One Pocket sends in `fcmToken=`: returned as it came.
    ///
    /// - Throws: ``DeviceToken/Fault`` for a blank one, a word that stands for no token, an Apple device token, a line break or any other
    ///   character outside `A-Z a-z 0-9 - _ : . =`, or more than `bytesMax` bytes.
    package static func checkedToken(_ text: String, bytesMax: Int) throws(DeviceToken.Fault) -> String {
        try DeviceToken.checkPresence(of: text, bytesMax: bytesMax)
        guard text.utf8.allSatisfy({ DeviceToken.isURLSafe($0) || [0x3A, 0x2E, 0x3D].contains($0) }) else {
            throw DeviceToken.Fault(code: "tokenMalformed", detail: "The token has a character no FCM token has.")
        }
        // 32 bytes in hexadecimal are what iOS hands to the app before Firebase has made its own token of them.
        guard text.utf8.count != 64 || !text.utf8.allSatisfy({ Hex.value($0) != nil }) else {
            throw DeviceToken.Fault(
                code: "tokenMalformed",
                detail: "The token is Apple's device token, not one of FCM."
            )
        }
        return text
    }

    /// A Firebase installation id: 22 characters of base64url.
    package static func checkedInstallation(_ text: String, bytesMax: Int) throws(DeviceToken.Fault) -> String {
        try DeviceToken.checkPresence(of: text, bytesMax: bytesMax)
        guard text.utf8.count == 22, text.utf8.allSatisfy(DeviceToken.isURLSafe) else {
            throw DeviceToken.Fault(
                code: "tokenMalformed",
                detail: "A Firebase installation id has 22 characters of base64url."
            )
        }
        return text
    }
}

extension Target {
    /// A registration token. It begins with the id of its Firebase installation (`<id>:<rest>`), which replaces it and is replaced by it
    /// [FCM discovery, 2026].
    package static func fcmToken(_ token: String, keys: DeviceKeys? = nil) -> Target {
        let bytes = [FCMTarget.token] + Array(token.utf8)
        return Target(
            provider: FCM.id,
            bytes: DeviceKeys.stored(bytes, with: keys),
            identity: bytes,
            sibling: token.firstIndex(of: ":").map { [FCMTarget.installation] + Array(token[..<$0].utf8) },
            kind: "token",
            tail: String(token.suffix(4))
        )
    }

    /// A Firebase installation id.
    package static func fcmInstallation(_ id: String, keys: DeviceKeys? = nil) -> Target {
        let bytes = [FCMTarget.installation] + Array(id.utf8)
        return Target(
            provider: FCM.id,
            bytes: DeviceKeys.stored(bytes, with: keys),
            identity: bytes,
            sibling: bytes,
            kind: "fid",
            tail: String(id.suffix(4))
        )
    }
}

extension FCM {
    private struct Form: TargetForm {
        let provider = FCM.name

        func target(_ members: inout RegistrationMembers) -> Target? {
            guard let (kind, text) = members.token() else { return nil }
            let keys = members.deviceKeys()
            let bytesMax = members.limits.tokenBytesMax
            do throws(DeviceToken.Fault) {
                return kind == "fid"
                    ? .fcmInstallation(try FCMTarget.checkedInstallation(text, bytesMax: bytesMax), keys: keys)
                    : .fcmToken(try FCMTarget.checkedToken(text, bytesMax: bytesMax), keys: keys)
            } catch {
                members.fail("/token", error.code, error.detail)
                return nil
            }
        }
    }

    package static func targetForm(_ configured: [any Provider]) -> any TargetForm { Form() }
}

extension ProviderID {
    package static let fcm = FCM.id
}
