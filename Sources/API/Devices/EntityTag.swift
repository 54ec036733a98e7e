import HTTPTypes

/// `ETag` and `If-Match` of something that counts its changes [RFC 9110 §8.8.3, §13.1.1].
enum EntityTag {
    static func text(_ version: Int64) -> String { "\"\(version)\"" }

    /// Whether the request may change what is at this version: without the field always. A weak tag never matches.
    static func allows(_ field: String?, version: Int64) -> Bool {
        guard let field else { return true }
        let tags = field.split(separator: ",").map { $0.trimming(" \t") }
        return tags.contains { $0 == "*" || $0 == text(version)[...] }
    }
}

extension Substring {
    fileprivate func trimming(_ characters: String) -> Substring {
        var rest = drop { characters.contains($0) }
        while let last = rest.last, characters.contains(last) { rest.removeLast() }
        return rest
    }
}
