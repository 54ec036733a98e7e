/// Where an export comes from, for the list of imports and the audit log.
package struct ImportOrigin: Hashable, Sendable {
    package var format: String
    /// `complete` or `delta`.
    package var mode: String
    package var actor: String
    /// Name of the delivered file or folder.
    package var source: String
    package var feed: String
    /// UAI of the one school it speaks of; nil: the export says itself what it speaks of.
    package var school: String?

    package init(
        format: String = "",
        mode: String = "",
        actor: String = "",
        source: String = "",
        feed: String = ImportOrigin.mainFeed,
        school: String? = nil
    ) {
        self.school = school
        self.format = format
        self.mode = mode
        self.actor = actor
        self.source = source
        self.feed = feed
    }

    /// The feed of whoever names none.
    package static let mainFeed = "main"
}
