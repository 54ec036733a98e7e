/// The fixed texts in all languages there are. A reload makes a new one, so that two are told apart by identity.
package final class MessageCatalogue: Sendable {
    private let languages: [String: MessageTexts]
    /// Of the ENT, and where a language is not there.
    package let french: MessageTexts

    /// What a language lacks is said in French.
    package init(_ texts: [MessageTexts] = []) {
        let french = texts.first { $0.language == "fr" } ?? MessageTexts(language: "fr")
        self.french = french
        languages = Dictionary(
            texts.map { ($0.language, $0.language == "fr" ? $0 : $0.filled(from: french)) },
            uniquingKeysWith: { _, last in last }
        )
    }

    /// In the language of a locale (`pt-BR`, `pt_BR`), French for one that is not there, and for none.
    package func texts(for locale: String?) -> MessageTexts {
        guard let locale else { return french }
        let language = locale.prefix { $0 != "-" && $0 != "_" }
        return languages[String(language)] ?? languages[language.lowercased()] ?? french
    }
}
