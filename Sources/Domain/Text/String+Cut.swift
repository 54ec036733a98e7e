extension String {
    /// At most `limit` grapheme clusters; what was cut is shown by an ellipsis, which counts.
    package func cut(graphemes limit: Int) -> String {
        guard limit > 0 else { return "" }
        guard let end = index(startIndex, offsetBy: limit, limitedBy: endIndex), end < endIndex else { return self }
        return self[..<index(before: end)].withEllipsis
    }

    /// At most `limit` bytes of UTF-8, cut between grapheme clusters; the ellipsis and its 3 bytes count.
    ///
    /// Empty when the text does not fit and there is no room for an ellipsis either.
    package func cut(utf8Bytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var room = limit - 3
        guard room >= 0 else { return "" }
        var end = startIndex
        while end < endIndex {
            let next = index(after: end)
            room -= utf8.distance(from: end, to: next)
            if room < 0 { break }
            end = next
        }
        return self[..<end].withEllipsis
    }
}

extension Substring {
    /// White space before the ellipsis would look like a mistake.
    fileprivate var withEllipsis: String {
        var text = self
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text + "…"
    }
}
