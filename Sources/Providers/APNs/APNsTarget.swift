package import Domain

/// Apple's address of a phone, as it is registered and stored.
package enum APNsTarget {
    /// First byte of the stored form; the rest is the token.
    static let form: UInt8 = 3

    /// A device token, returned in lower case. Its length is Apple's business [Sending notification requests to APNs]: today 64 digits;
    /// 32 to 200 are taken.
    package static func checkedToken(_ text: String, bytesMax: Int) throws(DeviceToken.Fault) -> String {
        try DeviceToken.checkPresence(of: text, bytesMax: bytesMax)
        guard text.utf8.allSatisfy({ Hex.value($0) != nil }), text.utf8.count.isMultiple(of: 2),
            (32...200).contains(text.utf8.count)
        else {
            throw DeviceToken.Fault(
                code: "tokenMalformed",
                detail: "An APNs token is an even number, 32 to 200, of hexadecimal digits."
            )
        }
        return text.lowercased()
    }
}

extension Target {
    /// Lower-case hex of opaque length.
    package static func apns(_ token: String, keys: DeviceKeys? = nil) -> Target {
        let bytes = [APNsTarget.form] + Array(token.utf8)
        return Target(
            provider: APNs.id,
            bytes: DeviceKeys.stored(bytes, with: keys),
            identity: bytes,
            kind: "token",
            tail: String(token.suffix(4))
        )
    }
}

extension APNs {
    private struct Form: TargetForm {
        let provider = APNs.name

        func target(_ members: inout RegistrationMembers) -> Target? {
            guard let (kind, text) = members.token() else { return nil }
            let keys = members.deviceKeys()
            guard kind == "token" else {
                members.fail("/tokenKind", "contradiction", "APNs has no installation ids.")
                return nil
            }
            do throws(DeviceToken.Fault) {
                return .apns(try APNsTarget.checkedToken(text, bytesMax: members.limits.tokenBytesMax), keys: keys)
            } catch {
                members.fail("/token", error.code, error.detail)
                return nil
            }
        }
    }

    package static func targetForm(_ configured: [any Provider]) -> any TargetForm { Form() }
}

extension ProviderID {
    package static let apns = APNs.id
}
