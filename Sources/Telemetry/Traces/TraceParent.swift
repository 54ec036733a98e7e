import Domain

/// Where a request stands in its sender's trace [W3C Trace Context §3.2].
package struct TraceParent: Hashable, Sendable {
    /// As it came.
    package let text: String
    /// 32 hex digits.
    package var trace: String { String(text.dropFirst(3).prefix(32)) }
    /// Of the sender's span, 16 hex digits.
    package var parent: String { String(text.dropFirst(36).prefix(16)) }
    /// The sender keeps its part.
    package var isSampled: Bool { text.utf8.last.flatMap(Hex.value).map { $0 & 1 == 1 } ?? false }

    /// Version, trace, parent and flags in lower-case hex, neither id all zero; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts.map(\.utf8.count) == [2, 32, 16, 2], parts[0] != "ff" else { return nil }
        let isHex = parts.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) } }
        let hasZeroID = parts[1...2].contains { $0.allSatisfy { $0 == "0" } }
        guard isHex, !hasZeroID else { return nil }
        self.text = text
    }
}
