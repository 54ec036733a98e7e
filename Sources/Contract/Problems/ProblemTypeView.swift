/// What a problem code means, in one language: `GET /problems/{code}`.
package struct ProblemTypeView: WireView {
    /// What the member `type` of a problem says.
    package var type = ""
    package var code = ""
    package var status = 0
    /// Of the texts: `en` or `fr`.
    package var language = ""
    package var title = ""
    /// What happened.
    package var meaning = ""
    /// What whoever sent the request can do.
    package var remedy = ""

    package init() {}

    package init(_ code: ProblemCode, _ language: ProblemCode.Language) {
        let text = code.text(language)
        (type, self.code, status) = (ProblemView.typeBase + code.rawValue, code.rawValue, code.status)
        (self.language, title, meaning, remedy) = (language.rawValue, text.title, text.meaning, text.remedy)
    }

    package static let members: [WireMember<ProblemTypeView>] = [
        .always("type", \.type), .always("code", \.code), .always("status", \.status),
        .always("language", \.language), .always("title", \.title), .always("meaning", \.meaning),
        .always("remedy", \.remedy),
    ]
}
