package import Domain

/// An order about deliveries: named, or those a filter matches.
package struct BulkOrderView: WireView {
    package var verb: String?
    package var ids: [String]?
    /// Lists of words by the name of the filter.
    package var filter: JSONObject?
    package var isDryRun: Bool?
    package var isConfirmed: Bool?
    package var isFresh: Bool?
    package var expect: Int?
    package var actor: String?
    package var why: String?

    package init() {}

    package static let members: [WireMember<BulkOrderView>] = [
        .always("verb", \.verb), .maybe("ids", \.ids), .maybe("filter", \.filter), .maybe("dryRun", \.isDryRun),
        .maybe("yes", \.isConfirmed), .maybe("fresh", \.isFresh), .maybe("expect", \.expect),
        .maybe("actor", \.actor), .maybe("why", \.why),
    ]
}
