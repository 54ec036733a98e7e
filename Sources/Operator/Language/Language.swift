/// What the person at the terminal reads. Programs, and what is typed back into commands, speak English whatever the locale.
package enum Language: Sendable {
    case english, french

    /// French where the locale of the messages is French and its characters are UTF-8; the first variable that is set decides
    /// [POSIX, 8.2].
    package init(_ environment: [String: String]) {
        func first(_ names: [String]) -> String? { names.compactMap { environment[$0] }.first { !$0.isEmpty } }
        let messages = first(["LC_ALL", "LC_MESSAGES", "LANG"]) ?? ""
        let characters = first(["LC_ALL", "LC_CTYPE", "LANG"]) ?? messages
        let isFrench = messages.prefix { !"_.@".contains($0) } == "fr"
        self = isFrench && !PlainASCII.isWanted(["LC_ALL": characters]) ? .french : .english
    }
}

/// A sentence in the language of the command that runs.
///
/// What stands in the source is the English; the catalogue (`fr.json`) has the French by it, with the same places. A test reads the
/// sources and holds both together, so the sentence is one literal, written here.
func say(_ sentence: Sentence) -> String { sentence.text(in: .current) }

/// A text that stands elsewhere: a word of a table, or a sentence of another target; as it is where the catalogue has none.
func say(known text: String) -> String {
    Language.current == .french ? FrenchCatalogue.sentences[text] ?? text : text
}

extension Language {
    static var current: Language { OperatorContext.task?.language ?? .english }
}
