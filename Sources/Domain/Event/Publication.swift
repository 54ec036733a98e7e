/// What an ENT posted, in one shape for all dialects, before anybody is resolved.
package struct Publication: Hashable, Sendable {
    /// CloudEvents `source` and `id`; nil for the dialects that have no identity of their own.
    package var source: String?
    package var id: String?
    /// CloudEvents `subject`: the resource's name; with `revision` it ties a correction to what it corrects.
    package var subject: String?
    package var revision: Int64
    /// The publication's own time; only chooses the school day of an audience.
    package var time: Instant?

    /// Upper-case name of the application, as One Pocket routes by it (`BLOG`); case kept as posted.
    package var app: String
    /// The event type inside the application (`PUBLISH-POST`); case kept as posted.
    package var action: String
    /// UAI of the publishing school; nil for the timeline and broker dialects.
    package var school: String?
    package var audience: [AudienceMember]
    package var authorID: String?
    package var authorName: String?

    /// Plain text: tags stripped, entities decoded, cut to ``Limits``. `nil` title: the kind's catalogue title.
    package var title: String?
    package var body: String
    /// False when a timeline or broker message asks for no push (`pushNotif` null or absent).
    package var wantsPush: Bool
    package var resourceID: String?
    package var resourceSubID: String?
    package var resourceURI: String?
    /// Template variables of the application, as One Pocket gets them. Always an object.
    package var params: JSONValue

    /// nil: the publication kind's default, both.
    package var urgency: Urgency?
    package var dataClass: DataClass?
    package var notBefore: Instant?
    package var expiresAt: Instant?

    package init(
        source: String? = nil,
        id: String? = nil,
        subject: String? = nil,
        revision: Int64 = 0,
        time: Instant? = nil,
        app: String,
        action: String,
        school: String? = nil,
        audience: [AudienceMember],
        authorID: String? = nil,
        authorName: String? = nil,
        title: String? = nil,
        body: String = "",
        wantsPush: Bool = true,
        resourceID: String? = nil,
        resourceSubID: String? = nil,
        resourceURI: String? = nil,
        params: JSONValue = .object(JSONObject()),
        urgency: Urgency? = nil,
        dataClass: DataClass? = nil,
        notBefore: Instant? = nil,
        expiresAt: Instant? = nil
    ) {
        self.source = source
        self.id = id
        self.subject = subject
        self.revision = revision
        self.time = time
        self.app = app
        self.action = action
        self.school = school.map(SchoolCode.normal)
        self.audience = audience.map(\.normalized)
        self.authorID = authorID
        self.authorName = authorName
        self.title = title
        self.body = body
        self.wantsPush = wantsPush
        self.resourceID = resourceID
        self.resourceSubID = resourceSubID
        self.resourceURI = resourceURI
        self.params = params
        self.urgency = urgency
        self.dataClass = dataClass
        self.notBefore = notBefore
        self.expiresAt = expiresAt
    }

    /// The name of the publication kind in the kinds table and in wishes: `BLOG.PUBLISH-POST`.
    package var kind: String { app + "." + action }
}
