/// A text from outside as a key: compared and hashed by its bytes.
///
/// Swift compares strings by canonical equivalence. That puts runs of combining marks in order first, at quadratic cost for a run in
/// the wrong order, and it takes two spellings of an accented name for one [Unicode 15, D70]. JSON names, ids and tokens are bytes.
package struct ExactText: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (left: ExactText, right: ExactText) -> Bool { left.text.hasSameBytes(as: right.text) }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        // Two texts in a row must not hash as their joint does.
        hasher.combine(UInt8(0xFF))
    }
}

extension String {
    /// Whether both are the same bytes of UTF-8; linear whatever they hold.
    package func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }

    /// A character that no identifier, name or reason holds: C0 and C1 controls, DEL, and what turns the direction of the text around it
    /// (embeddings, overrides, isolates) [Unicode 15, §23.1; UAX #9 §2.1, §2.2, §2.4].
    package var holdsControl: Bool {
        unicodeScalars.contains { scalar in
            switch scalar.value {
            case 0..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: true
            default: false
            }
        }
    }
}
