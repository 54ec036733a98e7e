import ArgumentParser
import Domain
import Store

struct QueueList: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Deliveries that match the filters.",
        discussion: """
            Without --state, --event, --reason and --http: what is still to do. Several filters must all hold. \
            Ages count from when the delivery was made. In the order of the ids, or of --sort, which reads \
            everything that matches and counts it. --sort size adds the bytes of the event's text, as it is kept.

            --where takes conditions joined by `and`, by `or` (which binds less) and `not`; several --where must all \
            hold. `=` and `!=` for state lane school app kind class ref event user device reason http attempts, where \
            a value may be a pattern or several with commas; `~` finds a pattern anywhere in lane school app kind \
            ref reason; `< <= > >=` for http attempts age due. A value with blanks stands in quotes. --not leaves \
            one such condition out.

            Examples:
              carillon queue list --state deferred,dead --lane 'fcm/*' --attempts '>=3'
              carillon queue list --event E-7F3K2 --user 9100001 -o json
              carillon queue list --reason 'UNAVAIL*' --older 10m --sort due --limit 20
              carillon queue list --state dead -o ids | wc -l
              carillon queue list --where 'lane=apns/* and age>10m and reason~Unreg and not school=0751234A'
              carillon queue list --class urgent --not 'lane=fcm/*' --not 'http=429'
            """
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var paging: ListOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions

    @Option(help: "id, age (oldest first), due (soonest first), attempts (most first) or size (largest first).")
    var sort: DeliveryOrder = .id

    func validate() throws {
        if sort != .id, paging.after != nil {
            throw ValidationError(say("--after goes on in the order of the ids only."))
        }
    }

    func run() async throws {
        let inspection = try options.inspection()
        let renderer = options.renderer
        let filter = try filters.resolve(inspection, now: renderer.now, otherwise: [.pending, .deferred])
        var listing = Listing(
            id: "id",
            scope: filters.scope(say("deliveries"), otherwise: say("still to do")),
            columns: Inspection.deliveryColumns
        )
        guard sort == .id else {
            let found = try sort.first(paging.limit ?? ListOptions.limitByDefault, of: filter, inspection)
            listing.scope += say(", by \(sort.rawValue)")
            listing.items = try found.rows.map { row in
                var object = try inspection.json(row)
                if sort == .size {
                    object["eventBytes"] = try inspection.bytes(of: row.event).map { .number($0) } ?? .null
                }
                return object
            }
            if sort == .size { listing.columns.append(.number("BYTES", "eventBytes")) }
            listing.total = found.total
            return try renderer.writeMatched(listing, isFiltered: !filters.words.isEmpty)
        }
        let pages = DeliveryPages(inspection, filter)
        try paging.write(listing, to: renderer, isFiltered: !filters.words.isEmpty) { after, limit in
            try pages.next(after: try after.map(Self.delivery), limit: limit).map(inspection.json)
        }
        pages.warn()
    }

    static func event(_ text: String) throws -> EventID {
        guard let id = EventID(text) else { throw ValidationError(say("\(text) is no event: E-…")) }
        return id
    }

    static func delivery(_ text: String) throws -> DeliveryID {
        guard let id = DeliveryID(text) else { throw ValidationError(say("\(text) is no delivery: D-…")) }
        return id
    }
}
