import Store

/// The feeds of the directory and who may deliver them, as configured.
package struct FeedRules: Sendable {
    package struct Feed: Hashable, Sendable {
        package var name: String
        /// nil: every publisher with the right `directory`.
        package var publisher: String?

        package init(name: String, publisher: String?) {
            self.name = name
            self.publisher = publisher
        }
    }

    private let feeds: [Feed]

    /// `feeds`: empty means the feed `main`, for every publisher with the right.
    package init(_ feeds: [Feed] = []) {
        self.feeds = feeds.isEmpty ? [Feed(name: ImportOrigin.mainFeed, publisher: nil)] : feeds
    }

    /// Whether the publisher may deliver the feed; `publisher` is nil for the operator, who may deliver all.
    package func check(_ name: String, of publisher: String?) throws(ImportRefusal) {
        let known = feeds.filter { $0.name == name }
        guard !known.isEmpty else { throw .unknownFeed(name) }
        guard let publisher else { return }
        guard known.contains(where: { $0.publisher == nil || $0.publisher == publisher }) else {
            throw .foreignFeed(name)
        }
    }

    /// As ``check(_:of:)``, for the lines of an export that name a feed themselves.
    func allows(_ name: String, of publisher: String?) -> Bool {
        feeds.contains { $0.name == name && (publisher == nil || $0.publisher == nil || $0.publisher == publisher) }
    }
}
