import CDocuments
import Domain

/// What is read at the address of a problem type, from `problems.json` beside this file; a test holds that every code is in it.
extension ProblemCode {
    package enum Language: String, Sendable, CaseIterable {
        case english = "en"
        case french = "fr"
    }

    package struct Text: Hashable, Sendable {
        package var title: String
        package var meaning: String
        package var remedy: String
    }

    /// Where its page is at this gateway.
    package var path: String { ProblemView.pagesPath + "/" + rawValue }

    package func text(_ language: Language) -> Text {
        guard let text = Self.texts[rawValue]?[language.rawValue], let title = text["title"]?.string,
            let meaning = text["meaning"]?.string, let remedy = text["remedy"]?.string
        else { preconditionFailure("problems.json lacks \(rawValue) in \(language.rawValue).") }
        return Text(title: title, meaning: meaning, remedy: remedy)
    }

    /// By code and language.
    private static let texts: JSONObject = {
        do { return try JSONParser.parse(carillon_problems().content).object ?? JSONObject() } catch {
            preconditionFailure("problems.json is no JSON: \(error)")
        }
    }()
}
