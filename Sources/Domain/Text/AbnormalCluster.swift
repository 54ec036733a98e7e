extension String {
    /// Scalars of one grapheme cluster that are kept: a sign and 30 more, as in the stream-safe format [UAX #15 §13]. No writing system
    /// comes near; what is longer fills a phone's screen, or the bytes of a message, with one sign.
    package static let clusterScalarsMax = 31

    /// Without what a grapheme cluster holds beyond ``clusterScalarsMax`` scalars; what stands behind it is shown.
    ///
    /// Linear. Nearly all texts are told by their bytes: such a cluster has at most one ASCII sign, so the rest is a run of other bytes.
    package var breakingAbnormalClusters: String {
        guard hasLongRunOfOtherBytes else { return self }
        var kept = String.UnicodeScalarView()
        for character in self {
            kept.append(contentsOf: character.unicodeScalars.prefix(Self.clusterScalarsMax))
        }
        return String(kept)
    }

    private var hasLongRunOfOtherBytes: Bool {
        var run = 0
        for byte in utf8 {
            run = byte < 0x80 ? 0 : run + 1
            // Two bytes a scalar at least.
            if run >= 2 * (Self.clusterScalarsMax - 1) { return true }
        }
        return false
    }

    /// Whether a reader sees nothing of it: white space, and signs that fonts leave out (Default_Ignorable_Code_Point, UAX #44).
    package var showsNothing: Bool {
        unicodeScalars.allSatisfy { scalar in
            // Most texts begin with a letter: no Unicode tables for those.
            guard !(0x21...0x7E).contains(scalar.value) else { return false }
            return scalar.properties.isWhitespace || scalar.properties.isDefaultIgnorableCodePoint || scalar.isHidden
                // The empty pattern of Braille.
                || scalar.value == 0x2800
        }
    }
}
