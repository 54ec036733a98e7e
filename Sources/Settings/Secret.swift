/// Bytes that no log, error or debugger line shows: every description of it is the same mask.
package struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package static let empty = Secret([])

    /// The bytes as UTF-8, for PEM files.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package var description: String { Self.mask }
    package var debugDescription: String { Self.mask }
    package var customMirror: Mirror { Mirror(self, children: []) }

    static let mask = "********"

    /// `https://user:password@host` without the password; the text itself when there is none.
    static func masked(url text: String) -> String {
        guard let scheme = text.firstRange(of: "://") else { return text }
        let rest = text[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let at = authority.lastIndex(of: "@") else { return text }
        return text[..<scheme.upperBound] + mask + text[at...]
    }
}
