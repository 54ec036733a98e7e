import Contract
import Domain
import HTTPTypes
import Hummingbird

/// What the problem codes mean, for the developer who got one: as JSON or as a page, in English or French.
enum ProblemRoutes {
    private static let json = "application/json"
    private static let html = "text/html"

    static var routes: [Route] {
        [
            Route(.get, ProblemView.pagesPath) { call in
                let language = language(call)
                let types = ProblemCode.allCases.map { ProblemTypeView($0, language) }
                guard wantsHTML(call) else { return answer(JSONWriter.bytes(ItemsView(types).wire), json, language) }
                return answer(Array(ProblemPage.list(types, language).utf8), html, language)
            },
            Route(.get, ProblemView.pagesPath + "/{code}") { call in
                let language = language(call)
                guard let code = ProblemCode(rawValue: call.parameter("code")) else {
                    throw Problem(.notFound, "No problem has this code; \(ProblemView.pagesPath) lists them all.")
                }
                let type = ProblemTypeView(code, language)
                guard wantsHTML(call) else { return answer(JSONWriter.bytes(type.wire), json, language) }
                return answer(Array(ProblemPage.page(type, language).utf8), html, language)
            },
        ]
    }

    private static func language(_ call: Call) -> ProblemCode.Language {
        let offers = ProblemCode.Language.allCases
        let best = Negotiation.best(of: offers.map(\.rawValue), call.header("Accept-Language"))
        return ProblemCode.Language(rawValue: best) ?? .english
    }

    private static func wantsHTML(_ call: Call) -> Bool {
        Negotiation.best(of: [json, html], call.header("Accept")) == html
    }

    private static func answer(_ bytes: [UInt8], _ type: String, _ language: ProblemCode.Language) -> Response {
        .bytes(
            .ok,
            bytes,
            type: type == html ? html + "; charset=utf-8" : type,
            headers: [
                .contentLanguage: language.rawValue, .vary: "Accept, Accept-Language",
                .contentSecurityPolicy: "default-src 'none'", .xContentTypeOptions: "nosniff",
            ]
        )
    }
}

/// The pages of problem types. Holds nothing of a request.
private enum ProblemPage {
    static func page(_ type: ProblemTypeView, _ language: ProblemCode.Language) -> String {
        let (meaning, remedy, all) =
            switch language {
            case .english: ("What happened", "What to do", "All problems")
            case .french: ("Ce qui s'est passé", "Que faire", "Tous les problèmes")
            }
        return document(
            "\(type.code): \(type.title)",
            language,
            """
            <h1>\(escaped(type.title))</h1>
            <p><code>\(type.code)</code>, HTTP \(type.status)</p>
            <h2>\(escaped(meaning))</h2><p>\(escaped(type.meaning))</p>
            <h2>\(escaped(remedy))</h2><p>\(escaped(type.remedy))</p>
            <p><a href="\(ProblemView.pagesPath)">\(escaped(all))</a></p>
            """
        )
    }

    static func list(_ types: [ProblemTypeView], _ language: ProblemCode.Language) -> String {
        let title =
            switch language {
            case .english: "Problems of the gateway"
            case .french: "Problèmes de la passerelle"
            }
        let rows = types.map { type in
            "<tr><td>\(type.status)</td><td><a href=\"\(ProblemView.pagesPath)/\(type.code)\"><code>\(type.code)</code></a></td>"
                + "<td>\(escaped(type.title))</td></tr>"
        }
        return document(title, language, "<h1>\(title)</h1>\n<table>\n\(rows.joined(separator: "\n"))\n</table>")
    }

    private static func document(_ title: String, _ language: ProblemCode.Language, _ body: String) -> String {
        """
        <!doctype html>
        <html lang="\(language.rawValue)"><head><meta charset="utf-8">\
        <meta name="viewport" content="width=device-width"><title>\(escaped(title))</title></head><body>
        \(body)
        </body></html>

        """
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
