/// The address that a notification opens.
enum Link {
    /// A path (also with query and fragment only), or an absolute URL of http or https. The text holds no controls.
    static func isAllowed(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, first != UInt8(ascii: " ") else { return false }
        if isSlash(first) {
            // Two of them name another host; browsers read a backslash as a slash [URL Standard, relative slash state].
            return bytes.count == 1 || !isSlash(bytes[1])
        }
        guard let end = bytes.firstIndex(where: { [0x3A, 0x2F, 0x3F, 0x23, 0x5C].contains($0) }),
            bytes[end] == UInt8(ascii: ":")
        else { return true }
        let scheme = String(decoding: bytes[..<end], as: UTF8.self).lowercased()
        let rest = bytes[(end + 1)...]
        return (scheme == "http" || scheme == "https") && rest.starts(with: [0x2F, 0x2F]) && rest.count > 2
    }

    private static func isSlash(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") }
}
