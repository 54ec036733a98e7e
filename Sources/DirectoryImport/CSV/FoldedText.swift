/// A text as people compare it who type it twice: letter case, accents, ligatures and the kind and number of blanks, hyphens and apostrophes
/// do not count.
enum FoldedText {
    static func of(_ text: String) -> String {
        var folded = String.UnicodeScalarView()
        var isBehindGap = false
        func append(_ scalar: Unicode.Scalar) {
            if isBehindGap, !folded.isEmpty { folded.append(" ") }
            isBehindGap = false
            folded.append(scalar)
        }
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x30...0x39, 0x61...0x7A: append(scalar)
            case 0x41...0x5A: append(Unicode.Scalar(UInt8(scalar.value) + 0x20))
            case 0..<0x80, 0x80...0xBF, 0xD7, 0xF7, 0x2010...0x2015, 0x2018...0x201F: isBehindGap = true
            case 0xC0...0x17F: for letter in letters[Int(scalar.value) - 0xC0].unicodeScalars { append(letter) }
            // Marks that combine: what NFD makes of an accent.
            case 0x300...0x36F: break
            default:
                if scalar.properties.isWhitespace || scalar.properties.isDefaultIgnorableCodePoint {
                    isBehindGap = true
                } else {
                    for letter in scalar.properties.lowercaseMapping.unicodeScalars { append(letter) }
                }
            }
        }
        return String(folded)
    }

    /// Letters and digits only: for the names of columns.
    static func compact(_ text: String) -> String { of(text).filter { $0 != " " } }

    /// U+00C0 to U+017F, Latin-1 and Latin Extended-A, without accents and in small letters; the two signs among them are no letters.
    private static let letters: [Substring] = """
        a a a a a a ae c e e e e i i i i d n o o o o o - o u u u u y th ss a a a a a a ae c e e e e i i i i d n o o o
        o o - o u u u u y th y a a a a a a c c c c c c c c d d d d e e e e e e e e e e g g g g g g g g h h h h i i i i
        i i i i i i ij ij j j k k k l l l l l l l l l l n n n n n n n n n o o o o o o oe oe r r r r r r s s s s s s s
        s t t t t t t u u u u u u u u u u u u w w y y y z z z z z z s
        """.split(whereSeparator: \.isWhitespace)
}
