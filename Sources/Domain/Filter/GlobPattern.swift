/// A shell pattern over a short word: `*` is any run of characters, `?` one. ASCII letter case is ignored.
package struct GlobPattern: Hashable, Sendable, CustomStringConvertible {
    package let description: String
    private let pattern: [UInt8]

    package init(_ text: some StringProtocol) {
        description = String(text)
        pattern = Self.folded(text)
    }

    /// Goes back to the last `*` only, so the cost is at most pattern times text.
    package func matches(_ text: some StringProtocol) -> Bool {
        let text = Self.folded(text)
        var (position, at) = (0, 0)
        var star: (pattern: Int, text: Int)?
        while at < text.count {
            if position < pattern.count, pattern[position] == 0x2A {
                star = (position, at)
                position += 1
            } else if position < pattern.count, pattern[position] == 0x3F || pattern[position] == text[at] {
                position += 1
                at += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                position = last.pattern + 1
                at = last.text + 1
            } else {
                return false
            }
        }
        return pattern[position...].allSatisfy { $0 == 0x2A }
    }

    private static func folded(_ text: some StringProtocol) -> [UInt8] {
        text.utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
    }
}
