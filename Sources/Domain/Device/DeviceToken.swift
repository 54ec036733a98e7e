/// The alphabets of the tokens providers hand to an app; what does not fit was never a token.
package enum DeviceToken {
    /// Why a text is no token: a code of the API documentation and a sentence that does not quote the token.
    package struct Fault: Error, Hashable, Sendable {
        package var code: String
        package var detail: String
    }

    /// An FCM registration token, also the one One Pocket sends in `fcmToken=`: returned as it came.
    ///
    /// - Throws: ``Fault`` for a blank one, the words `null` and `undefined` that apps are known to store, a line break or any
    ///   other character outside `A-Z a-z 0-9 - _ : . =`, or more than `bytesMax` bytes.
    package static func fcm(_ text: String, bytesMax: Int) throws(Fault) -> String {
        try checkPresence(of: text, bytesMax: bytesMax)
        guard text.utf8.allSatisfy({ isURLSafe($0) || [0x3A, 0x2E, 0x3D].contains($0) }) else {
            throw Fault(code: "tokenMalformed", detail: "The token has a character no FCM token has.")
        }
        return text
    }

    /// A Firebase installation id: 22 characters of base64url.
    package static func fid(_ text: String, bytesMax: Int) throws(Fault) -> String {
        try checkPresence(of: text, bytesMax: bytesMax)
        guard text.utf8.count == 22, text.utf8.allSatisfy(isURLSafe) else {
            throw Fault(code: "tokenMalformed", detail: "A Firebase installation id has 22 characters of base64url.")
        }
        return text
    }

    /// An APNs device token, returned in lower case. Its length is Apple's business [Sending notification requests to APNs]:
    /// today 64 digits; 32 to 200 are taken.
    package static func apns(_ text: String, bytesMax: Int) throws(Fault) -> String {
        try checkPresence(of: text, bytesMax: bytesMax)
        guard text.utf8.allSatisfy({ hexDigitValue($0) != nil }), text.utf8.count.isMultiple(of: 2),
            (32...200).contains(text.utf8.count)
        else {
            throw Fault(
                code: "tokenMalformed",
                detail: "An APNs token is an even number, 32 to 200, of hexadecimal digits."
            )
        }
        return text.lowercased()
    }

    private static func checkPresence(of text: String, bytesMax: Int) throws(Fault) {
        guard text.utf8.count <= bytesMax else {
            throw Fault(code: "tokenTooLong", detail: "The token is longer than \(bytesMax) bytes.")
        }
        guard !text.allSatisfy(\.isWhitespace), !["null", "undefined"].contains(text.lowercased()) else {
            throw Fault(code: "tokenBlank", detail: "The token is blank.")
        }
    }

    private static func isURLSafe(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
