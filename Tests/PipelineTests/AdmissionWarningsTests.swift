import Domain
import Pipeline
import Testing

/// The receipt's warnings that follow from rules; those of a text's own form are the readers'.
@Suite struct AdmissionWarningsTests {
    private static let now = Instant(milliseconds: 1_800_000_000_000)
    private static let id = "5a1e0c52-98f1-4d0c-9a6e-0f4d7a1b2c3d"

    private func terms(_ change: (inout Publication) -> Void = { _ in }) -> Admission.Terms {
        var kinds = PublicationCatalogue()
        kinds.set(PublicationKind(channel: "blog"), app: "BLOG", action: "PUBLISH-POST")
        var publication = Publication(
            source: "https://ent.example.org/one",
            id: "1",
            app: "blog",
            action: "publish-post",
            audience: [.user("u")],
            title: "T",
            resourceURI: "https://ent.example.org/blog#/view/\(Self.id)/\(Self.id)"
        )
        change(&publication)
        let publisher = Publisher(
            name: "one",
            sources: ["https://ent.example.org/one"],
            schools: nil,
            rights: [.events]
        )
        return Admission(publication: publication, publisher: publisher).terms(of: kinds, now: Self.now)
    }

    private func codes(_ change: (inout Publication) -> Void) -> [String] {
        terms(change).warnings.map { "\($0.pointer) \($0.code)" }
    }

    @Test func `an event that does what it says is warned of nothing, whatever its letter case and its ENT's host`() {
        let terms = terms()
        #expect(terms.warnings == [])
        #expect(terms.publication.resourceURI == "/blog#/view/\(Self.id)/\(Self.id)")
        #expect(terms.publication.params["resourceUri"]?.string == terms.publication.resourceURI)
    }

    @Test func `each warning has its place`() {
        #expect(codes { $0.expiresAt = Self.now } == ["/data/expiresAt alreadyExpired"])
        // Whether any phone has no keys is known when it is sent.
        #expect(codes { $0.dataClass = .encrypted } == [])
        #expect(codes { $0.title = nil } == ["/data/title noTitle"])
        #expect(codes { $0.params = ["resourceUri": "/other"] } == ["/data/params/resourceUri addressesDiffer"])
        #expect(codes { $0.resourceURI = "/blog" } == ["/data/resource opensNothing"])
        #expect(codes { $0.resourceURI = nil } == ["/data/resource opensNothing"])
    }

    @Test func `the ENT's own messages are told where they have it`() {
        func own(_ change: @escaping (inout Publication) -> Void) -> [String] {
            codes {
                $0.source = nil
                $0.id = nil
                change(&$0)
            }
        }
        #expect(own { $0.resourceURI = nil } == ["/params/resourceUri opensNothing"])
        #expect(
            own {
                $0.title = nil; $0.resourceURI = "/blog#/view/\(Self.id)/\(Self.id)"
            } == ["/pushNotif/title noTitle"]
        )
    }

    @Test func `what rings nobody or shows its kind's text anyway lacks no title`() {
        #expect(
            codes {
                $0.title = nil; $0.dataClass = .generic
            } == []
        )
        #expect(
            codes {
                $0.title = nil; $0.wantsPush = false
            } == []
        )
    }
}
