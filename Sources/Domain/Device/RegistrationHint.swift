/// Values of a registration that only choose wording or hours. They come from string conversions of every platform, so one that
/// cannot be read is left out and counted: a hint never refuses a phone.
package enum RegistrationHint: String, Hashable, Sendable, CaseIterable {
    case locale, timezone, appVersion

    /// The value in its one form; nil when nothing of it can be read.
    func read(_ text: String) -> String? {
        switch self {
        case .locale: Self.locale(text)
        case .timezone: Self.timezone(text)
        case .appVersion: Self.version(text)
        }
    }

    /// Longest locale kept, bytes: language, script, region and two variants [UTS #35 §3.2].
    private static let localeBytesMax = 35

    /// `fr`, `fr-FR`, `zh_Hant_TW`; of `fr_FR@calendar=gregorian`, `fr_FR.UTF-8`, `fr-FR,fr;q=0.9` and `fr_FR_#Latn` the part that names
    /// a language: what follows the old separators is no part of the identifier [UTS #35 §3.1, POSIX locale names, RFC 9110 §12.5.4].
    private static func locale(_ text: String) -> String? {
        let whole = Array(
            text.utf8.drop { $0 == 0x20 }.prefix { !"@.,; ".utf8.contains($0) }.prefix(localeBytesMax + 1)
        )
        let parts = whole.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        guard let language = parts.first, [2, 3, 5, 6, 7, 8].contains(language.count), language.allSatisfy(isLetter),
            !["null", "nil", "undefined", "posix"].contains(String(decoding: language, as: UTF8.self).lowercased())
        else { return nil }
        var kept = String(decoding: language, as: UTF8.self)
        for part in parts.dropFirst() {
            guard (1...8).contains(part.count), part.allSatisfy(isAlphanumeric),
                kept.utf8.count + 1 + part.count <= localeBytesMax
            else { break }
            kept += "-" + String(decoding: part, as: UTF8.self)
        }
        return kept
    }

    /// The form of a name in the IANA database: `Europe/Paris`, `Etc/GMT+1`, `UTC`. Whether the database has it is the caller's to know.
    private static func timezone(_ text: String) -> String? {
        let isName =
            (1...64).contains(text.utf8.count)
            && text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
                !part.isEmpty && part.allSatisfy { isAlphanumeric($0) || [0x5F, 0x2B, 0x2D].contains($0) }
            }
        return isName ? text : nil
    }

    private static func version(_ text: String) -> String? {
        (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) } ? text : nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool { isLetter(byte) || (0x30...0x39).contains(byte) }
}
