import Pipeline
import Testing

struct FeedRulesTests {
    private static let rules = FeedRules([
        .init(name: "grenoble", publisher: "one"), .init(name: "lyon", publisher: "two"),
        .init(name: "shared", publisher: nil),
    ])

    @Test(
        arguments: [
            ("grenoble", "one", nil), ("grenoble", "two", .foreignFeed("grenoble")), ("grenoble", nil, nil),
            ("shared", "two", nil), ("main", "one", .unknownFeed("main")), ("main", nil, .unknownFeed("main")),
        ] as [(String, String?, ImportRefusal?)]
    )
    func `a feed is delivered by its publisher and by the operator`(
        feed: String,
        publisher: String?,
        refusal: ImportRefusal?
    ) {
        let refused: ImportRefusal?
        do throws(ImportRefusal) {
            try Self.rules.check(feed, of: publisher)
            refused = nil
        } catch { refused = error }
        #expect(refused == refusal)
    }

    @Test func `without a configuration there is main, for everybody`() throws {
        try FeedRules().check("main", of: "one")
        #expect(throws: ImportRefusal.unknownFeed("lyon")) { try FeedRules().check("lyon", of: nil) }
    }
}
