extension String {
    /// At most `limit` grapheme clusters; what was cut is shown by an ellipsis, which counts.
    package func cut(graphemes limit: Int) -> String {
        guard limit > 0 else { return "" }
        guard let end = index(startIndex, offsetBy: limit, limitedBy: endIndex), end < endIndex else { return self }
        return self[..<index(before: end)].withEllipsis
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
