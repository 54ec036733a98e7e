/// The part of a `Content-Type` that chooses how a body is read [RFC 9110 §8.3.1].
package struct ContentType: Hashable, Sendable {
    /// `type/subtype` in lower case.
    package var name: String
    /// Of the `charset` parameter, lower case, quotes removed.
    package var charset: String?

    /// nil when the field is no media type.
    package init?(_ field: String) {
        let parts = field.split(separator: ";", omittingEmptySubsequences: false).map(Self.trimmed)
        name = parts[0].lowercased()
        let halves = name.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, !halves[0].isEmpty, !halves[1].isEmpty, !name.contains(where: \.isWhitespace) else {
            return nil
        }
        for parameter in parts.dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1).map(Self.trimmed)
            if pair.count == 2, pair[0].lowercased() == "charset" {
                charset = pair[1].lowercased().filter { $0 != "\"" }
            }
        }
    }

    /// JSON by its name or its suffix [RFC 6839 §3.1].
    package var isJSON: Bool { name == "application/json" || name == "text/json" || name.hasSuffix("+json") }

    package var isUTF8: Bool { charset == nil || charset == "utf-8" || charset == "utf8" }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
