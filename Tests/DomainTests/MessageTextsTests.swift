import Domain
import Testing

@Suite struct MessageTextsTests {
    private static let french: MessageTexts = {
        var texts = MessageTexts(language: "fr")
        texts.texts = [.notification: "Nouveau", .recapTitle: "{count} publications"]
        texts.applications = ["BLOG": "Blog", "NEWS": "Actualité"]
        texts.kinds = ["BLOG.SHARE": "Partagé"]
        return texts
    }()
    private static let turkish: MessageTexts = {
        var texts = MessageTexts(language: "tr")
        texts.applications = ["BLOG": "Blog (tr)"]
        return texts
    }()
    private static let catalogue = MessageCatalogue([french, turkish])

    @Test(
        arguments: [
            (nil, "fr"), ("fr-FR", "fr"), ("tr", "tr"), ("tr-TR", "tr"), ("TR_tr", "tr"), ("de-DE", "fr"), ("", "fr"),
        ] as [(String?, String)]
    )
    func `a locale has the texts of its language, or French ones`(_ locale: String?, _ language: String) {
        #expect(Self.catalogue.texts(for: locale).language == language)
    }

    @Test func `what a language lacks is said in French`() {
        let texts = Self.catalogue.texts(for: "tr")
        #expect(texts.title(kind: "blog.publish-post") == "Blog (tr)")
        #expect(texts.title(kind: "NEWS.NEWS-PUBLISHED") == "Actualité")
        #expect(texts.title(kind: "X.Y") == "Nouveau")
        #expect(texts.text(.recapTitle, count: 3) == "3 publications")
    }

    @Test(
        arguments: [
            (nil, "BLOG.SHARE", "Partagé"), ("", "BLOG.OTHER", "Blog"), ("Posted", "BLOG.SHARE", "Posted"),
            ("push.notif.actu.info.published", "BLOG.SHARE", "Actualité"),
            ("push.notif.nobody.knows", "BLOG.SHARE", "Partagé"),
            ("push.notif. is told of", "BLOG.SHARE", "push.notif. is told of"),
        ] as [(String?, String, String)]
    )
    func `a title is itself, a key of the ENT its text`(_ title: String?, _ kind: String, _ expected: String) {
        #expect(Self.french.resolve(title: title, kind: kind) == expected)
    }
}
