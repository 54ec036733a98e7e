import Domain
import Testing

@testable import Delivery

/// What is said on the phone, by class of data.
struct MessageBuilderTests {
    private static let texts: MessageTexts = {
        var texts = MessageTexts(language: "fr")
        texts.applications = ["BLOG": "Blog"]
        texts.texts = [.notification: "Notification", .recapTitle: "{count} nouvelles", .recapBody: "à lire"]
        return texts
    }()

    private func publication(_ app: String = "BLOG", _ action: String = "PUBLISH-POST") -> Publication {
        var publication = Publication(app: app, action: action, audience: [], title: "Sortie", body: "Demain")
        publication.authorID = "author"
        publication.resourceID = "resource"
        publication.resourceSubID = "post"
        publication.params = ["resourceUri": .string("/blog#/view/1"), "username": .string("Mme Exemple")]
        return publication
    }

    private func message(_ publication: Publication, _ dataClass: DataClass) -> Message {
        MessageBuilder.message(
            publication,
            event: EventID(rawValue: 7),
            dataClass: dataClass,
            kinds: PublicationCatalogue(),
            texts: Self.texts
        )
    }

    @Test func `clear says what was published`() {
        let message = message(publication(), .clear)
        #expect(message.title == "Sortie" && message.body == "Demain" && message.authorID == "author")
        #expect(message.resourceID == "resource" && message.resourceSubID == "post")
        #expect(message.params.object?["username"] == .string("Mme Exemple"))
        #expect(message.event == EventID(rawValue: 7) && message.app == "BLOG" && message.action == "PUBLISH-POST")
    }

    @Test(arguments: [DataClass.generic, .encrypted])
    func `the others say where to go, and nothing of the content`(dataClass: DataClass) {
        let message = message(publication(), dataClass)
        #expect(message.title == "Blog" && message.body.isEmpty && message.authorID == nil)
        #expect(message.resourceID == "resource" && message.resourceSubID == "post")
        #expect(message.params.object?["username"] == nil)
        #expect(message.params.object?["resourceUri"] == .string("/blog#/view/1"))
    }

    @Test func `the publisher's urgency goes before that of the kind`() {
        var urgent = publication()
        #expect(
            message(urgent, .clear).urgency == PublicationCatalogue().kind(app: "BLOG", action: "PUBLISH-POST").urgency
        )
        urgent.urgency = .urgent
        #expect(message(urgent, .clear).urgency == .urgent)
    }

    /// Address, id, and the id that the app gets.
    @Test(
        arguments: [
            (nil, "17", nil), (nil, nil, nil), ("/actualites#/view/info/17", "17", "17"),
            ("/actualites#/view/info/17", nil, "17"), ("/actualites", "abc", "abc"),
        ] as [(String?, String?, String?)]
    )
    func `an id that the app takes as a number is given beside an address only`(
        address: String?,
        id: String?,
        expected: String?
    ) {
        var news = publication("NEWS", "INFO-SHARED")
        news.params = address.map { ["resourceUri": .string($0)] } ?? [:]
        news.resourceID = id
        #expect(message(news, .generic).resourceID == expected)
    }

    @Test func `a recap says how many, names nothing and leads to the timeline`() {
        let recap = MessageBuilder.recap(of: 4, event: EventID(rawValue: 7), texts: Self.texts)
        #expect(recap.title == "4 nouvelles" && recap.body == "à lire" && recap.app == "TIMELINE")
        #expect(recap.authorID == nil && recap.resourceID == nil && recap.resourceSubID == nil)
        #expect(recap.params.object?["uri"] == .string("/timeline/timeline") && recap.urgency == .normal)
    }

    @Test(
        arguments: [
            ("Sortie", .clear, false), ("", .clear, true), (nil, .clear, true), ("Sortie", .generic, true),
            ("Sortie", .encrypted, true), ("push.notif.blog.published", .clear, true),
        ] as [(String?, DataClass, Bool)]
    )
    func `a fixed text has a language, what was written has none`(
        title: String?,
        dataClass: DataClass,
        depends: Bool
    ) {
        var publication = publication()
        publication.title = title
        #expect(MessageBuilder.dependsOnLanguage(publication, dataClass) == depends)
    }
}
