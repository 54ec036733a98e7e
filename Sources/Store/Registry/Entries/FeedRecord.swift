/// How one feed names a person.
package struct FeedRecord: Hashable, Sendable {
    package var feed: String?
    package var key: String
}
