/// What holds for the tokens of every provider; what does not fit was never a token.
package enum DeviceToken {
    /// Why a text is no token: a code of the API documentation and a sentence that does not quote the token.
    package struct Fault: Error, Hashable, Sendable {
        package var code: String
        package var detail: String

        package init(code: String, detail: String) {
            self.code = code
            self.detail = detail
        }
    }

    /// Refuses a blank one, a word that stands for no token, and more than `bytesMax` bytes.
    package static func checkPresence(of text: String, bytesMax: Int) throws(Fault) {
        guard text.utf8.count <= bytesMax else {
            throw Fault(code: "tokenTooLong", detail: "The token is longer than \(bytesMax) bytes.")
        }
        guard !text.allSatisfy(\.isWhitespace) else { throw Fault(code: "tokenBlank", detail: "The token is blank.") }
        guard !isWord(text) else {
            throw Fault(code: "tokenBlank", detail: "The token is a word that stands for no token.")
        }
    }

    /// What string conversions make of nothing (JavaScript, Java, Objective-C, Swift, Python, Go), and what SDKs return or store in the
    /// place of a token: the error words of Firebase Installations and Instance ID. In lower case.
    private static let words: Set<[UInt8]> = Set(
        [
            "null", "undefined", "nil", "none", "nan", "true", "false", "(null)", "<null>", "<nil>", "optional(nil)",
            "[object object]",
            "[object promise]", "function", "token", "string", "n/a", "error", "unknown", "blacklisted",
            "service_not_available",
            "missing_instanceid_service", "invalid_sender", "authentication_failed", "fis_auth_error",
            "phone_registration_error",
            "internal_server_error", "too_many_registrations", "invalid_parameters", "account_missing", "timeout",
            "main_thread",
        ].map { Array($0.utf8) }
    )

    private static func isWord(_ text: String) -> Bool {
        guard text.utf8.count <= 40 else { return false }
        let bytes = text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        let start = bytes.firstIndex { $0 != 0x20 } ?? bytes.endIndex
        let end = bytes.lastIndex { $0 != 0x20 } ?? start
        return start < bytes.endIndex && words.contains(Array(bytes[start...end]))
    }

    /// `A-Z a-z 0-9 - _`, the alphabet of base64url.
    package static func isURLSafe(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
