/// The part of a `Content-Type` that chooses how a body is read [RFC 9110 §8.3.1].
package struct ContentType: Hashable, Sendable {
    /// `type/subtype` in lower case.
    package var name: String
    /// Of the `charset` parameter, lower case, quotes removed.
    package var charset: String?

    /// nil when the field is no media type. Bytes, not characters: this runs for every request, and what is not ASCII is no media type.
    package init?(_ field: String) {
        var parts = field.utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)[...]
        guard let first = parts.popFirst() else { return nil }
        let type = Self.trimmed(first)
        let halves = type.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard halves.count == 2, halves.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (0x21...0x7E).contains($0) } })
        else {
            return nil
        }
        name = Self.lowercased(type)
        for parameter in parts {
            let pair = parameter.split(separator: UInt8(ascii: "="), maxSplits: 1).map(Self.trimmed)
            if pair.count == 2, Self.lowercased(pair[0]) == "charset" {
                charset = Self.lowercased(pair[1]).filter { $0 != "\"" }
            }
        }
    }

    /// JSON by its name or its suffix [RFC 6839 §3.1].
    package var isJSON: Bool { name == "application/json" || name == "text/json" || name.hasSuffix("+json") }

    package var isUTF8: Bool { charset == nil || charset == "utf-8" || charset == "utf8" }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        var text = text
        while let byte = text.first, byte == 0x20 || byte == 0x09 { text.removeFirst() }
        while let byte = text.last, byte == 0x20 || byte == 0x09 { text.removeLast() }
        return text
    }

    private static func lowercased(_ text: Substring.UTF8View) -> String {
        String(decoding: text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
