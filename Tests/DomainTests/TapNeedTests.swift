import Domain
import Testing

/// Addresses as the ENT's applications post them, and the same with what the app's handlers stumble over.
@Suite struct TapNeedTests {
    private static let id = "5a1e0c52-98f1-4d0c-9a6e-0f4d7a1b2c3d"

    private func missing(
        _ kind: String,
        _ uri: String? = nil,
        id: String? = nil,
        params: JSONValue = [:]
    ) -> String? {
        let (app, action) = PublicationCatalogue.parts(kind)
        var publication = Publication(app: app, action: action, audience: [], params: params)
        publication.resourceURI = uri
        publication.resourceID = id
        return TapNeed.of(app: app, action: action)?.missing(in: publication)
    }

    @Test(
        arguments: [
            ("BLOG.PUBLISH-POST", "/blog#/view/\(id)/\(id)", nil),
            ("BLOG.PUBLISH-POST", "/blog#/view/\(id)/\(id)?x=1", nil),
            ("BLOG.SHARE", "/blog#/view/\(id)", nil), ("SCHOOLBOOK.PUBLISH", "/schoolbook#/word/12", nil),
            ("SCHOOLBOOK.RESPONSE", "/schoolbook#/report/3", nil), ("HOMEWORKS.SHARE", "/homeworks#/view/\(id)", nil),
            ("NEWS.NEWS-PUBLISHED", "/actualites#/view/thread/4/info/17", nil),
            ("NEWS.NEWS-UPDATE", "/actualites#/x", "17"),
            ("MESSAGERIE.SEND-MESSAGE", "/conversation/conversation#/read-mail/7", "7"),
            ("WORKSPACE.SHARE-FOLDER", "/workspace/workspace#/shared/folder/1", nil),
            ("SCRAPBOOK.SHARE", "/scrapbook#/1", "1"),
            ("COMMUNITIES.RESOURCE_NEW", "/communities/id/5/home", nil), ("WIKI.SHARED", "/wiki/id/a1", nil),
            ("WIKI.PAGE-CREATED", "/wiki/id/a1/page/b2", nil), ("TIMELINE.SEND-FLASH-MESSAGE-PUSH", nil, nil),
            ("COMMUNITIES.ADD_MEMBER", nil, nil), ("NEWS.THREAD-SHARED", nil, nil), ("UNKNOWN.KIND", nil, nil),
        ] as [(String, String?, String?)]
    )
    func `what a kind needs is there`(_ kind: String, _ uri: String?, _ id: String?) {
        #expect(missing(kind, uri, id: id) == nil)
    }

    @Test(
        arguments: [
            ("BLOG.PUBLISH-POST", nil, "blog"), ("BLOG.PUBLISH-POST", "/blog#/view/\(id)", nil),
            ("BLOG.PUBLISH-POST", "https://ent.example.org/blog#/view/\(id)/\(id)", nil),
            ("BLOG.SHARE", "/blog#/view/12", nil),
            ("SCHOOLBOOK.PUBLISH", "/schoolbook#/word/x", nil), ("HOMEWORKS.SHARE", nil, nil),
            ("NEWS.NEWS-PUBLISHED", nil, "17"),
            ("NEWS.NEWS-PUBLISHED", "/actualites#/view", "n-17"), ("NEWS.NEWS-PUBLISHED", "/actualites#/info/", nil),
            ("MESSAGERIE.SEND-MESSAGE", "/conversation/conversation#/read-mail/7", nil),
            ("MESSAGERIE.SEND-MESSAGE", "/mail", "7"),
            ("WORKSPACE.SHARE", "/workspace/document/1", "1"),
            ("FORMULAIRE.NEW_FORM_NOTIFICATION", "/formulaire#/1", nil),
            ("FORMULAIRE.RESPONSE_NOTIFICATION", "/formulaire#/1", nil), ("SCRAPBOOK.MODIFIED", "/scrapbook#/1", nil),
            ("COMMUNITIES.RESOURCE_NEW", "/communities", nil), ("WIKI.SHARED", "/wiki", nil),
            ("WIKI.PAGE-UPDATED", "/wiki/id/a1", nil),
        ] as [(String, String?, String?)]
    )
    func `what a kind lacks is told`(_ kind: String, _ uri: String?, _ id: String?) {
        #expect(missing(kind, uri, id: id) != nil)
    }

    @Test func `a kind that goes by a member of params needs that member`() {
        #expect(missing("WORKSPACE.SHARE", params: ["resourceFolderUri": "/workspace#/folder/1"]) == nil)
        #expect(missing("FORMULAIRE.CLOSING_FORM_NOTIFICATION", params: ["formUri": "/formulaire#/form/1"]) == nil)
        #expect(missing("FORMULAIRE.RESPONSE_NOTIFICATION", params: ["formResultsUri": ""]) != nil)
        #expect(missing("WORKSPACE.SHARE", params: ["resourceFolderUri": 5]) != nil)
    }

    @Test func `the number of an information is its id, or stands in its address`() {
        #expect(TapNeed.number("17", "/actualites") == "17")
        #expect(TapNeed.number("n-17", "/actualites#/view/thread/4/info/17/x") == "17")
        #expect(TapNeed.number(nil, "/actualites#/info/x") == nil)
    }
}

@Suite struct PublicationAddressTests {
    private static let origins: Set<String> = ["https://ent.example.org"]

    private func settled(_ uri: String?, _ params: JSONValue) -> Publication {
        var publication = Publication(app: "A", action: "B", audience: [], resourceURI: uri, params: params)
        publication.settleAddresses(origins: Self.origins)
        return publication
    }

    @Test(arguments: [nil, "", 5, true, JSONValue.null, ["a"]] as [JSONValue?])
    func `an address in params that is none hides nothing`(_ posted: JSONValue?) {
        var params = JSONObject()
        params["resourceUri"] = posted
        let with = settled("/blog", .object(params))
        #expect(with.resourceURI == "/blog" && with.params["resourceUri"] == "/blog")
        let without = settled(nil, .object(params))
        #expect(without.resourceURI == nil && without.params["resourceUri"] == nil)
    }

    @Test func `the resource's own address wins, and one alone counts for both`() {
        #expect(settled("/a", ["resourceUri": "/b"]).params["resourceUri"] == "/a")
        #expect(settled(nil, ["resourceUri": "/b"]).resourceURI == "/b")
    }

    @Test(arguments: [
        ("https://ent.example.org/blog#/view/1", "/blog#/view/1"), ("HTTPS://ENT.example.org:443/a", "/a"),
        ("https://ent.example.org", "/"), ("https://ent.example.org?q=1", "/?q=1"),
        ("https://other.example.org/a", "https://other.example.org/a"),
        ("http://ent.example.org/a", "http://ent.example.org/a"),
        ("https://ent.example.org:8443/a", "https://ent.example.org:8443/a"),
        // What is left would name another host.
        ("https://ent.example.org//evil.example/a", "https://ent.example.org//evil.example/a"),
        ("https://u@ent.example.org/a", "https://u@ent.example.org/a"), ("/blog", "/blog"),
    ])
    func `an absolute address of the ENT becomes relative, no other`(_ posted: String, _ expected: String) {
        let publication = settled(posted, ["formUri": .string(posted), "content": .string(posted)])
        #expect(publication.resourceURI == expected)
        #expect(publication.params["formUri"]?.string == expected)
        #expect(publication.params["content"]?.string == posted)
    }

    @Test func `two addresses differ as they will be, not as they are written`() {
        func differ(_ uri: String?, _ posted: String) -> Bool {
            Publication(app: "A", action: "B", audience: [], resourceURI: uri, params: ["resourceUri": .string(posted)])
                .hasTwoAddresses(origins: Self.origins)
        }
        #expect(differ("/a", "/b"))
        #expect(!differ("/a", "https://ent.example.org/a"))
        #expect(!differ(nil, "/b") && !differ("/a", ""))
    }
}
