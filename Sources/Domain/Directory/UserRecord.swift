/// The ENT's user id of a person the feed knows by its own key.
package struct UserRecord: Hashable, Sendable {
    package enum Profile: UInt8, Hashable, Sendable, CaseIterable {
        case relative = 1
        case student = 2
        case teacher = 3
        case personnel = 4

        package init?(name: String) {
            guard let profile = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
            self = profile
        }
    }
    package var id: String
    package var externalKey: String
    package var profile: Profile?
    package var locale: String?
    /// The feed whose key `externalKey` is; nil: that of the import.
    package var feed: String?

    package init(id: String, externalKey: String, profile: Profile?, locale: String?, feed: String? = nil) {
        self.id = id
        self.externalKey = externalKey
        self.feed = feed
        self.profile = profile
        self.locale = locale
    }
}
