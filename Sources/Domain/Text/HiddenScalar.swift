extension Unicode.Scalar {
    /// Shows nothing itself and changes how the rest is shown: controls of both sets (a terminal obeys them), line and paragraph
    /// separators, and the marks, embeddings, overrides and isolates of the bidirectional algorithm [UAX #9 §2], which make a reader see
    /// another order than a program does.
    package var isHidden: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}

extension String {
    /// With `\u202e` for each hidden scalar but those in `kept`.
    package func escapingHidden(except kept: Set<Unicode.Scalar> = []) -> String {
        guard unicodeScalars.contains(where: { $0.isHidden && !kept.contains($0) }) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            guard scalar.isHidden, !kept.contains(scalar) else {
                text.unicodeScalars.append(scalar)
                continue
            }
            let hex = String(scalar.value, radix: 16)
            text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        }
        return text
    }
}
