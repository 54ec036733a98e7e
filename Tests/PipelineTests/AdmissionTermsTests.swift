import Domain
import Pipeline
import Testing

@Suite struct AdmissionTermsTests {
    private static let now = Instant(milliseconds: 1_800_000_000_000)
    private static let publisher = Publisher(name: "one", sources: [], schools: nil, rights: [.events])

    private static let kinds: PublicationCatalogue = {
        var kinds = PublicationCatalogue()
        var kind = PublicationKind(channel: "c")
        kind.urgency = .low
        kind.timeToLive = .seconds(10 * 3600)
        kind.dataClass = .generic
        kinds.set(kind, app: "BLOG", action: "PUBLISH-POST")
        return kinds
    }()

    private func terms(_ change: (inout Publication) -> Void = { _ in }) -> Admission.Terms {
        var publication = Publication(app: "blog", action: "Publish-Post", audience: [.user("u")])
        change(&publication)
        return Admission(publication: publication, publisher: Self.publisher).terms(of: Self.kinds, now: Self.now)
    }

    @Test func `what the event does not say its kind does`() {
        let terms = terms()
        #expect(terms.publication.kind == "BLOG.PUBLISH-POST")
        #expect(terms.publication.urgency == .low)
        #expect(terms.dataClass == .generic)
        #expect(terms.expiresAt == Self.now + .seconds(10 * 3600))
    }

    @Test func `what the event says stands`() {
        let end = Self.now + .seconds(60)
        let terms = terms {
            $0.urgency = .normal
            $0.dataClass = .clear
            $0.expiresAt = end
        }
        #expect(terms.publication.urgency == .normal && terms.dataClass == .clear && terms.expiresAt == end)
    }

    @Test func `the time to live runs from the time the event is held back for`() {
        let later = Self.now + .seconds(86_400)
        #expect(terms { $0.notBefore = later }.expiresAt == later + .seconds(10 * 3600))
        #expect(terms { $0.notBefore = Self.now - .seconds(86_400) }.expiresAt == Self.now + .seconds(10 * 3600))
    }

    @Test(arguments: [
        (-3600, nil, -3600), (-90_000, nil, -90_000), (3600, nil, 0), (-3600, 60, 60), (-3600, -60, -60),
        (-60, -3600, -60),
    ])
    func `the time to live of what has waited for us runs from its publication`(
        published: Int,
        notBefore: Int?,
        start: Int
    ) {
        var publication = Publication(app: "blog", action: "Publish-Post", audience: [.user("u")])
        publication.notBefore = notBefore.map { Self.now + .seconds($0) }
        let terms = Admission(publication: publication, publisher: Self.publisher)
            .terms(of: Self.kinds, now: Self.now, publishedAt: Self.now + .seconds(published))
        #expect(terms.expiresAt == Self.now + .seconds(start + 10 * 3600))
        #expect(terms.warnings.contains { $0.code == "alreadyExpired" } == (start == -90_000))
    }
}
