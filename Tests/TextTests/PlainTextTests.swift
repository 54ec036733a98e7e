import Testing
import Text

struct PlainTextTests {
    static let table: [(String, String)] = [
        ("Mme Exemple : Le blog des CP", "Mme Exemple : Le blog des CP"),
        ("  a \t b\u{B} ", "a b"),
        ("Rendez-vous\n\n demain", "Rendez-vous\ndemain"),
        ("<p>Un\nmot</p><p>deux<br/>trois</p>", "Un mot\ndeux\ntrois"),
        ("<b>gras</b>e", "grase"), ("a<script>alert('<p>')</script>b", "ab"), ("a<STYLE>x{}</style >b", "ab"),
        ("a<!-- <p> -->b", "ab"), ("a<!-- open", "a"), ("<!DOCTYPE html>a", "a"), ("<script>never closed", ""),
        (#"<a title="x > y" href='z'>lien</a>"#, "lien"), (#"<a title="x>lien"#, "lien"),
        ("3 < 5 et 5 > 3", "3 < 5 et 5 > 3"), ("je <3 toi", "je <3 toi"), ("<a@b.fr> écrit", "<a@b.fr> écrit"),
        ("a <b", "a <b"),
        ("&eacute;l&egrave;ve &amp; &#39;classe&#x27; &apos;", "élève & 'classe' '"),
        ("&lt;b&gt;", "<b>"), ("&amp;eacute;", "&eacute;"), ("&eacu...", "&eacu..."), ("&unknown; &;", "&unknown; &;"),
        ("R&D", "R&D"),
        ("&#0;&#xD800;&#1114112;", "&#0;&#xD800;&#1114112;"), ("&#146;&#x80;", "’€"), ("&#128512;", "😀"),
        ("a&nbsp;: b", "a\u{A0}: b"), ("a &nbsp; b", "a b"), ("<p>&nbsp;</p>x", "x"), ("a\u{0}\u{7}b", "ab"), ("", ""),
        ("<td>a</td><td>b</td>", "a b"), ("❄️ 👨‍👩‍👧", "❄️ 👨‍👩‍👧"),
    ]

    @Test(arguments: table)
    func `markup becomes what a reader sees`(text: String, expected: String) {
        #expect(PlainText.clean(text) == expected)
    }

    @Test func `a title is one line`() {
        #expect(PlainText.cleanLine("<p>Un</p>\n<p>mot</p>\r\nencore") == "Un mot encore")
    }

    @Test(arguments: [#"<a '"><a '">"#, "<a ", "<!-", "&amp", "</", "<script></", "<p \""])
    func `hostile repetition stays linear`(piece: String) {
        let text = String(repeating: piece, count: 256 * 1024 / piece.utf8.count) + ">"
        let duration = ContinuousClock().measure { _ = PlainText.clean(text) }
        // Quadratic work takes minutes here; the bound only tells the two apart on a busy machine.
        #expect(duration < .seconds(20))
    }

    @Test func `the table of names is the one of HTML 4`() {
        let known = [
            "quot": "\"", "amp": "&", "lt": "<", "gt": ">", "apos": "'", "nbsp": "\u{A0}", "yuml": "ÿ", "eacute": "é",
            "Eacute": "É",
            "OElig": "Œ", "oelig": "œ", "euro": "€", "hellip": "…", "rsquo": "’", "Alpha": "Α", "Sigma": "Σ",
            "sigmaf": "ς", "omega": "ω",
            "thetasym": "ϑ", "diams": "♦", "times": "×", "divide": "÷",
        ]
        for (name, text) in known { #expect(HTMLEntities.decode(name) == text, "\(name)") }
        #expect(HTMLEntities.decode("EACUTE") == nil)
        #expect(HTMLEntities.decode("") == nil)
        #expect(HTMLEntities.decode("-") == nil)
    }
}

struct CutTests {
    @Test(arguments: [
        ("abc", 3, "abc"), ("abcd", 3, "ab…"), ("abcd", 1, "…"), ("abcd", 0, ""), ("👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", 2, "👨‍👩‍👧…"),
        ("ab cd", 4, "ab…"), ("", 3, ""), ("e\u{301}e\u{301}", 1, "…"),
    ])
    func `graphemes are cut whole and the ellipsis counts`(text: String, limit: Int, expected: String) {
        #expect(text.cut(graphemes: limit) == expected)
    }
}

struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `the vectors of RFC 4648 section 10 hold`(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
        #expect(Base64.decode(encoded.filter { $0 != "=" }) == Array(text.utf8))
        #expect(Base64.encodeURL(Array(text.utf8)) == encoded.filter { $0 != "=" })
    }

    @Test(arguments: ["Z", "Zg=", "Zg===", "=", "====", "Zm 9", "Zm9v\n", "Z*9v", "Zm9v=", "é"])
    func `what is no base64 is refused`(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func `both alphabets are read`() {
        #expect(Base64.decode("-_-_") == Base64.decode("+/+/"))
    }
}
