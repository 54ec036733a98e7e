/// Texts of two directions of writing beside one another [UAX #9].
extension String {
    /// Without the marks that turn a whole text round (embeddings and overrides, U+202A to U+202E), and with every isolate closed: nothing
    /// in it changes how what stands behind it is read.
    package var withBalancedDirections: String {
        guard
            unicodeScalars.contains(where: {
                (0x202A...0x202E).contains($0.value) || (0x2066...0x2069).contains($0.value)
            })
        else { return self }
        var kept = String.UnicodeScalarView()
        var isolates = 0
        for scalar in unicodeScalars {
            switch scalar.value {
            case 0x202A...0x202E: continue
            case 0x2066...0x2068:
                isolates += 1
            case 0x2069:
                guard isolates > 0 else { continue }
                isolates -= 1
            default: break
            }
            kept.append(scalar)
        }
        for _ in 0..<isolates { kept.append("\u{2069}") }
        return String(kept)
    }

    /// Between the marks that keep its direction to itself (FSI, PDI), for a place in a text that may have the other [UAX #9 §2.7].
    package var isolated: String { "\u{2068}" + withBalancedDirections + "\u{2069}" }
}

extension String {
    /// Holds a letter of a script that is written from the right: Hebrew, Arabic and their relatives, by their blocks.
    package var hasRightToLeft: Bool {
        unicodeScalars.contains { scalar in
            switch scalar.value {
            case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF: true
            default: false
            }
        }
    }
}
