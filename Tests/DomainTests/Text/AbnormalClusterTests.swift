import Domain
import Testing

/// One sign must not keep the text behind it from being shown.
struct AbnormalClusterTests {
    private func marks(_ count: Int) -> String { String(repeating: "\u{301}", count: count) }

    @Test(arguments: [30, 31, 4_000])
    func `marks beyond thirty are left out, the text behind them stays`(count: Int) {
        let text = PlainText.clean("e" + marks(count) + " Réunion demain")
        #expect(
            Array(text.unicodeScalars).map(\.value)
                == Array(("e" + marks(min(30, count)) + " Réunion demain").unicodeScalars).map(\.value)
        )
    }

    @Test func `marks written as references count as well`() {
        let text = PlainText.cleanLine("e" + String(repeating: "&#769;", count: 500) + "t")
        #expect(text.unicodeScalars.count == 32)
    }

    @Test(arguments: ["👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "नमस्ते", "ก็็็", "각", "Größe", "a\u{301}b\u{302}", String(repeating: "日本語", count: 50)])
    func `what people write is kept as it is`(text: String) {
        #expect(Array(PlainText.clean(text).utf8) == Array(text.utf8))
    }

    @Test func `a chain of joined emoji ends`() {
        let chain = String(repeating: "👨\u{200D}", count: 2_000) + "x"
        #expect(chain.breakingAbnormalClusters.unicodeScalars.count == String.clusterScalarsMax + 1)
    }

    @Test(arguments: [
        ("", true), (" \u{A0}\t", true), ("\u{200B}\u{200D}", true), ("\u{FEFF}\u{2060}\u{AD}", true),
        ("\u{3164}", true),
        ("\u{2800}", true), ("\u{E0041}", true), ("\u{200B}a", false), (".", false), ("é", false), ("👍\u{FE0F}", false),
    ])
    func `only what can be seen is a text`(text: String, showsNothing: Bool) {
        #expect(text.showsNothing == showsNothing)
    }
}
