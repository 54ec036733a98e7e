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

    /// Refuses a blank one, the words `null` and `undefined` that apps are known to store, and more than `bytesMax` bytes.
    package static func checkPresence(of text: String, bytesMax: Int) throws(Fault) {
        guard text.utf8.count <= bytesMax else {
            throw Fault(code: "tokenTooLong", detail: "The token is longer than \(bytesMax) bytes.")
        }
        guard !text.allSatisfy(\.isWhitespace), !["null", "undefined"].contains(text.lowercased()) else {
            throw Fault(code: "tokenBlank", detail: "The token is blank.")
        }
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
