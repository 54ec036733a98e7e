import Domain
import Testing

@Suite struct PublicationCatalogueTests {
    static let catalogue: PublicationCatalogue = {
        var catalogue = PublicationCatalogue()
        var post = PublicationKind(channel: "blog")
        post.timeToLive = .seconds(48 * 3600)
        catalogue.set(post, app: "BLOG", action: "PUBLISH-POST")
        var rest = PublicationKind(channel: "life")
        rest.isDisabled = true
        catalogue.set(rest, app: "PRESENCES", action: "*")
        catalogue.set(PublicationKind(channel: "own"), app: "ownApp", action: "new")
        return catalogue
    }()

    @Test(arguments: ["BLOG.PUBLISH-POST", "blog.publish-post", "Blog.Publish-Post"])
    func `a kind is found in any letter case`(_ name: String) {
        #expect(Self.catalogue.kind(named: name).timeToLive == .seconds(48 * 3600))
    }

    @Test
    func `another action of an application with a rule for all is of that rule, of any other application of none`() {
        #expect(Self.catalogue.kind(app: "presences", action: "event-creation").isDisabled)
        #expect(Self.catalogue.kind(app: "BLOG", action: "SHARE") == PublicationKind(channel: "blog"))
        #expect(Self.catalogue.kind(app: "X", action: "Y") == PublicationKind(channel: "x"))
    }

    @Test(arguments: [
        ("blog", "publish-post", "BLOG", "PUBLISH-POST"),
        // The app knows the application: its words are in capitals.
        ("Blog", "share", "BLOG", "SHARE"),
        ("presences", "event-creation", "PRESENCES", "EVENT-CREATION"),
        ("OWNAPP", "NEW", "ownApp", "new"),
        ("OWNAPP", "Other", "ownApp", "Other"),
        ("thirdParty", "Event", "thirdParty", "Event"),
    ])
    func `a kind is spelt as the app compares it`(
        _ app: String,
        _ action: String,
        _ expectedApp: String,
        _ expected: String
    ) {
        let spelling = Self.catalogue.spelling(app: app, action: action)
        #expect(spelling == (expectedApp, expected))
    }

    @Test func `an urgent event of an ordinary kind is worth a day, one of an urgent kind as long as the kind says`() {
        var kind = PublicationKind(channel: "a")
        #expect(kind.timeToLive(urgency: .normal) == .seconds(72 * 3600))
        #expect(kind.timeToLive(urgency: .urgent) == .seconds(24 * 3600))
        kind.urgency = .urgent
        #expect(kind.timeToLive(urgency: .urgent) == .seconds(72 * 3600))
    }
}
