import Domain
import Testing

@Suite struct DirectionTests {
    @Test(arguments: [
        ("plain", "plain"), ("a\u{202E}cba\u{202C}", "acba"), ("\u{2067}مدرسة", "\u{2067}مدرسة\u{2069}"),
        ("a\u{2069}b", "ab"), ("\u{2068}a\u{2069}b", "\u{2068}a\u{2069}b"), ("مدرسة\u{200F}", "مدرسة\u{200F}"),
    ])
    func `a text turns nothing round but itself`(_ text: String, _ expected: String) {
        #expect(Array(text.withBalancedDirections.unicodeScalars) == Array(expected.unicodeScalars))
    }

    @Test func `an isolated text keeps its direction to itself`() {
        let isolated = "\u{202E}a\u{2067}b".isolated
        #expect(Array(isolated.unicodeScalars) == Array("\u{2068}a\u{2067}b\u{2069}\u{2069}".unicodeScalars))
    }

    @Test func `scripts from the right are told`() {
        #expect("مدرسة".hasRightToLeft && "עברית".hasRightToLeft && "a م".hasRightToLeft)
        #expect(!"École".hasRightToLeft && !"漢字".hasRightToLeft)
    }
}
