import Domain

/// Damages a text as transport, editors and attackers do. The same seed gives the same damage.
struct Mutator {
    /// More is another test's (`ComplexityTests`): here the number of inputs counts.
    private static let bytesMax = 16 << 10

    /// What parsers have stumbled over.
    private static let tokens: [[UInt8]] =
        [
            "{", "}", "[", "]", "\"", "'", "\\", "\\u0000", "\\ud800", ":", ",", "null", "true", "-0", "1e999", "1.0",
            "9223372036854775808", "-1", "0x1F", "NaN", "<", ">", "</", "<!--", "-->", "<![CDATA[", "]]>",
            "<!DOCTYPE x [",
            "<!ENTITY a \"&a;&a;\">", "&a;", "&amp;", "&#0;", "&#x110000;", "&lt", "$", "$$$$", "\r\n", "\n", "\t", " ",
            "- ",
            "? ", "&x ", "*x", "!!binary ", "|", "%YAML 1.2", "v1,", ".", ";", "=", "..", "/", "%00", "*", "!", "(",
            ")", " and ",
            " or ", "not ", "~",
            "e\u{301}\u{301}\u{301}\u{301}", "\u{202E}", "\u{200B}", "\u{FEFF}", "\u{1F468}\u{200D}", "\u{A0}", "É",
        ].map { Array($0.utf8) } + [[0], [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC0, 0x80]]

    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

    /// `others`: texts a piece may come from.
    mutating func damaged(_ original: [UInt8], _ others: [[UInt8]]) -> [UInt8] {
        var bytes = original
        for _ in 0...below(4) { change(&bytes, others) }
        return bytes.count > Self.bytesMax ? Array(bytes[..<Self.bytesMax]) : bytes
    }

    private mutating func change(_ bytes: inout [UInt8], _ others: [[UInt8]]) {
        let place = below(bytes.count + 1)
        let end = min(bytes.count, place + below(40))
        switch below(9) {
        case 0 where place < bytes.count: bytes[place] = UInt8(below(256))
        case 1: bytes.removeSubrange(place..<end)
        case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 3: bytes.removeSubrange(place...)
        case 4, 5: bytes.insert(contentsOf: pick(Self.tokens), at: place)
        case 6: bytes.replaceSubrange(place..<end, with: pick(Self.tokens))
        case 7:
            let other = pick(others)
            let from = below(other.count + 1)
            bytes.replaceSubrange(place..., with: other[from...])
        default:
            let piece = place < end && below(2) == 0 ? Array(bytes[place..<end]) : pick(Self.tokens)
            for _ in 0..<below(200) { bytes.insert(contentsOf: piece, at: place) }
        }
    }
}
