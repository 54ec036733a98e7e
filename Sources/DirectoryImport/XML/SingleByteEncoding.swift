/// The one-byte encodings of French exports that expat does not know by itself.
enum SingleByteEncoding {
    case iso8859part15
    case windows1252

    /// Reads the names in use, letter case ignored; nil for any other encoding.
    init?(name: String) {
        switch name.lowercased() {
        case "iso-8859-15", "iso8859-15", "iso_8859-15", "latin-9", "latin9", "l9": self = .iso8859part15
        case "windows-1252", "cp1252", "cp-1252", "x-cp1252", "ms-ansi": self = .windows1252
        default: return nil
        }
    }

    /// Unicode scalar of each byte, -1 where the encoding has none [expat.h: XML_Encoding].
    var map: [Int32] {
        var map = (0..<256).map(Int32.init)
        switch self {
        case .iso8859part15:
            for (byte, scalar) in Self.part15 { map[byte] = scalar }
        case .windows1252:
            map.replaceSubrange(0x80...0x9F, with: Self.windows)
        }
        return map
    }

    /// The eight places where part 15 differs from part 1 [ISO/IEC 8859-15].
    private static let part15: [(Int, Int32)] = [
        (0xA4, 0x20AC), (0xA6, 0x0160), (0xA8, 0x0161), (0xB4, 0x017D),
        (0xB8, 0x017E), (0xBC, 0x0152), (0xBD, 0x0153), (0xBE, 0x0178),
    ]

    /// 0x80 to 0x9F; five of them are unassigned.
    private static let windows: [Int32] = [
        0x20AC, -1, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, -1, 0x017D,
        -1,
        -1, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, -1, 0x017E,
        0x0178,
    ]
}
