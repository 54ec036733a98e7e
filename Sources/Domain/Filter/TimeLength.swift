/// Lengths of time as people write them: numbers with `s`, `m`, `h` or `d`, the largest first.
package enum TimeLength {
    /// An RFC 3339 time, or a length of time from `now`; nil for anything else.
    package static func instant(_ text: String, from now: Instant) -> Instant? {
        Instant(rfc3339: text) ?? milliseconds(text).map { now + .milliseconds($0) }
    }

    /// nil for anything else, and for more than ten years.
    package static func milliseconds(_ text: some StringProtocol) -> Int64? {
        var sum: Int64 = 0
        var digits = ""
        var last = Int64.max
        for character in text {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            let units: [Character: Int64] = ["s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
            guard let unit = units[character], unit < last, digits.count <= 9, let number = Int64(digits) else {
                return nil
            }
            last = unit
            sum += number * unit
            digits = ""
        }
        return digits.isEmpty && last != .max && sum <= 3650 * 86_400_000 ? sum : nil
    }
}
