/// Text for a terminal whose locale knows ASCII only. JSON and CSV are UTF-8 whatever the locale.
enum PlainASCII {
    /// Whether the environment asks for it: the first of the three that is set decides [POSIX, 8.2].
    static func isWanted(_ environment: [String: String]) -> Bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty }
        guard let locale = locale?.lowercased() else { return false }
        return !locale.hasSuffix("utf-8") && !locale.hasSuffix("utf8")
    }

    private static let words: [Character: String] = [
        "·": "-", "≤": "<=", "≥": ">=", "→": "->", "’": "'", "‘": "'", "“": "\"", "”": "\"", "–": "-", "—": "-",
        "«": "\"",
        "»": "\"", "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "\u{A0}": " ", "\u{202F}": " ",
    ]

    private static let bases: [Character: Character] = {
        var bases: [Character: Character] = [:]
        for (base, accented) in [
            ("a", "àâäáãå"), ("c", "ç"), ("e", "éèêë"), ("i", "îïíì"), ("n", "ñ"), ("o", "ôöóòõ"), ("u", "ùûüú"),
            ("y", "ÿý"),
        ] as [(Character, String)] {
            for character in accented {
                bases[character] = base
                bases[Character(character.uppercased())] = Character(base.uppercased())
            }
        }
        return bases
    }()

    static func text(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 >= 0x80 }) else { return text }
        var plain = ""
        let characters = Array(text)
        for (index, character) in characters.enumerated() {
            if character.isASCII {
                plain.append(character)
            } else if character == "…" {
                // Where a line was cut there is room for one sign only.
                let next = index + 1 < characters.count ? characters[index + 1] : "\n"
                plain += next == "\n" || next == "\u{1B}" ? "~" : "..."
            } else {
                plain += words[character] ?? bases[character].map(String.init) ?? "?"
            }
        }
        return plain
    }
}
