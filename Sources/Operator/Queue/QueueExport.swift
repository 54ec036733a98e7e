import ArgumentParser
import Domain
import Store

struct QueueExport: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Every delivery that matches, streamed: one JSON object a line unless -o says csv or ids.",
        discussion: """
            As `queue list`, without a table, and without limit unless one is given.

            Examples:
              carillon queue export --state dead --younger 24h | jq -r .user | sort -u | wc -l
              carillon queue export --event E-7F3K2 -o csv > deliveries.csv
            """
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions

    @Option(help: "At most so many.")
    var limit: Int?

    func validate() throws { try ListOptions.check(limit) }

    func run() async throws {
        let scope = filters.scope(say("deliveries"), otherwise: say("still to do"))
        try DeliveryStream.export(options, limit, scope: scope, columns: Inspection.deliveryColumns) {
            try filters.resolve($0, now: $1, otherwise: [.pending, .deferred])
        }
    }
}

/// Deliveries one after the other, for the formats without end.
struct DeliveryStream {
    private let inspection: Inspection
    private let filter: QueueFilter
    private let listing: Listing

    private init(_ inspection: Inspection, _ filter: QueueFilter, scope: String, columns: [Listing.Column]) {
        self.inspection = inspection
        self.filter = filter
        listing = Listing(id: "id", scope: scope, columns: columns)
    }

    /// All that match: a line of JSON each unless the options say CSV or ids.
    ///
    /// - Throws: exit code 3 when there was none.
    static func export(
        _ options: GlobalOptions,
        _ limit: Int?,
        scope: String,
        columns: [Listing.Column],
        filter: (Inspection, _ now: Instant) throws -> QueueFilter
    ) throws {
        let inspection = try options.inspection()
        var renderer = options.renderer
        if renderer.format == .table || renderer.format == .json { renderer.format = .ndjson }
        let filter = try filter(inspection, renderer.now)
        try DeliveryStream(inspection, filter, scope: scope, columns: columns).write(to: renderer, limit: limit)
    }

    private func write(to renderer: Renderer, limit: Int?) throws {
        var left = limit ?? .max
        let scan = DeliveryScan(inspection.queue, filter)
        try renderer.writeHeader(listing)
        var isEmpty = true
        while left > 0, let match = try inspection.next(of: scan) {
            for row in try inspection.rows(of: match, in: scan).prefix(left) {
                isEmpty = false
                left -= 1
                try renderer.write(try inspection.json(row), of: listing)
            }
        }
        inspection.warn(scan)
        if isEmpty { throw OperatorError(.nothing, say("nothing matched: \(listing.scope)")) }
    }
}
