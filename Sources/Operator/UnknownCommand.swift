import ArgumentParser

/// A word where a command was expected, and the command it is most like.
struct UnknownCommand {
    /// The commands before it.
    let path: [String]
    let word: String
    let suggestion: String?
    /// After `help`.
    let isHelp: Bool

    /// nil: every word in the place of a command is one.
    static func find(_ root: any ParsableCommand.Type, _ arguments: [String]) -> UnknownCommand? {
        var command = root
        var path: [String] = []
        let isHelp = arguments.first == "help"
        for word in isHelp ? arguments.dropFirst() : arguments[...] {
            let known = command.configuration.subcommands
            guard !known.isEmpty, !word.hasPrefix("-") else { return nil }
            guard let next = known.first(where: { $0._commandName == word }) else {
                if path.isEmpty, word == "help" { return nil }
                return UnknownCommand(
                    path: path,
                    word: word,
                    suggestion: nearest(word, known.map { $0._commandName }),
                    isHelp: isHelp
                )
            }
            command = next
            path.append(word)
        }
        return nil
    }

    var failure: OperatorError {
        let before = path.map { $0 + " " }.joined()
        return OperatorError(
            .usage,
            say("there is no command \(before)\(word)"),
            next: suggestion.map { "carillon \(isHelp ? "help " : "")\(before)\($0)" }
                ?? (["carillon help"] + path).joined(separator: " ")
        )
    }

    private static func nearest(_ word: String, _ known: [String]) -> String? {
        let near = known.map { (name: $0, distance: distance(Array(word.lowercased().utf8), Array($0.utf8))) }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }
        // A third of the letters may be wrong.
        return near.flatMap { $0.distance <= max(1, $0.name.utf8.count / 3) ? $0.name : nil }
    }

    /// Letters to put in, take out, replace or swap with their neighbour [Damerau 1964].
    static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        guard one.count <= 40 else { return .max }
        var before: [Int] = []
        var row = Array(0...other.count)
        for (i, letter) in one.enumerated() {
            var next = [i + 1]
            for (j, wanted) in other.enumerated() {
                var cost = min(row[j + 1] + 1, next[j] + 1, row[j] + (letter == wanted ? 0 : 1))
                if i > 0, j > 0, letter == other[j - 1], one[i - 1] == wanted { cost = min(cost, before[j - 1] + 1) }
                next.append(cost)
            }
            (before, row) = (row, next)
        }
        return row[other.count]
    }
}
