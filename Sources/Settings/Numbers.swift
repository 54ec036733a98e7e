/// Whole decimal numbers as written in a configuration: digits, an optional minus, underscores between digits.
enum WholeNumber {
    static func read(_ text: some StringProtocol) -> Int? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F }), !text.hasPrefix("_"),
            !text.hasSuffix("_")
        else { return nil }
        return Int(String(text.filter { $0 != "_" }))
    }
}

/// The known word nearest to a mistyped one.
enum NearMiss {
    /// nil when none is near: at most a third of the letters (two of short words) differ.
    static func of(_ word: String, among known: some Sequence<String>) -> String? {
        let lower = word.lowercased()
        let scored = known.map { ($0, distance(lower, $0.lowercased())) }
        guard let best = scored.min(by: { ($0.1, $0.0) < ($1.1, $1.0) }),
            best.1 <= (word.count <= 3 ? 1 : max(2, word.count / 3))
        else {
            return nil
        }
        return best.0
    }

    /// Levenshtein's, over characters; words of a configuration are short.
    private static func distance(_ first: String, _ second: String) -> Int {
        let second = Array(second)
        var row = Array(0...second.count)
        for (index, letter) in first.prefix(64).enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in second.indices {
                let substituted = diagonal + (letter == second[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substituted, row[column] + 1, diagonal + 1)
            }
        }
        return row[second.count]
    }
}
