import Contract
import Domain
import Testing

/// What is read at the address of a problem type.
struct ProblemTextTests {
    @Test(arguments: ProblemCode.allCases)
    func `every code is explained in both languages`(code: ProblemCode) {
        let (english, french) = (code.text(.english), code.text(.french))
        #expect(english.title == code.title)
        for text in [english, french] {
            // Sentences, as in the answers themselves.
            #expect(!text.title.isEmpty && text.meaning.hasSuffix(".") && text.remedy.hasSuffix("."))
        }
        #expect(english.title != french.title && english.meaning != french.meaning && english.remedy != french.remedy)
    }

    @Test func `a type ends in the path of its page`() {
        for code in ProblemCode.allCases {
            let view = ProblemTypeView(code, .french)
            #expect(view.type.hasSuffix(code.path) && code.path == "/problems/\(code.rawValue)")
            #expect(view.status == code.status && view.language == "fr")
        }
    }
}
