package import Domain

/// What an account has chosen, as the store keeps it.
package struct StoredWishes: Hashable, Sendable {
    package var wishes: Wishes
    /// One Pocket's own document, as it came; nil when the app has written none.
    package var timeline: String?
    /// Counts the changes; 0: none so far.
    package var version: Int64

    package init(wishes: Wishes = Wishes(), timeline: String? = nil, version: Int64 = 0) {
        self.wishes = wishes
        self.timeline = timeline
        self.version = version
    }
}
