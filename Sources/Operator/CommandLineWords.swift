/// The command that was given, with other options: what a hint prints is run as it stands.
struct CommandLineWords {
    private var words: [String]

    init(_ words: [String] = OperatorContext.current.arguments) { self.words = words }

    /// Without this flag.
    func without(_ flag: String) -> CommandLineWords { CommandLineWords(words.filter { $0 != flag }) }

    /// Without this option and its value.
    func without(option name: String) -> CommandLineWords {
        var kept: [String] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == name { rest = rest.dropFirst() } else if !word.hasPrefix(name + "=") { kept.append(word) }
        }
        return CommandLineWords(kept)
    }

    func with(_ more: [String]) -> CommandLineWords { CommandLineWords(words + more) }

    /// The list of what an order is about: `queue list` with the filters of `queue retry`.
    var asList: CommandLineWords {
        var list = self
        for option in ["--why", "--expect", "--timeout"] { list = list.without(option: option) }
        for flag in ["--dry-run", "--yes", "--offline", "--fresh-ttl"] { list = list.without(flag) }
        if list.words.count > 1 { list.words[1] = "list" }
        return list
    }

    /// As a shell takes it.
    var text: String { (["carillon"] + words).map(Self.quoted).joined(separator: " ") }

    private static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: Array("-_./:=@%+,".utf8).contains(byte)
            }
        }
        guard !isPlain || word.isEmpty else { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
