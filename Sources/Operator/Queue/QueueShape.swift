import ArgumentParser
import Domain
import Store

struct QueueShape: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shape",
        abstract: "How many deliveries are how old, by lane, school, app, kind, event, reason or state.",
        discussion: """
            Shows at a glance which destination is ill, and since when. A column holds what is at most so old and older than the column
            before. Without --state, --event, --reason and --http: what is still to do. The counts are exact, the pages are read one after
            the other.

            Examples:
              carillon queue shape
              carillon queue shape --by reason --state deferred,dead --younger 24h
              carillon queue shape --by school --lane fcm/onepocket --first 1m --buckets 8
            """
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions

    @Option(help: "lane, school, app, kind, event, reason or state.")
    var by: AgeMatrix.Key = .lane
    @Option(name: [.customShort("b"), .long], help: "Age classes, 1 to 20.")
    var buckets = 9
    @Option(name: [.customShort("t"), .long], help: "Upper end of the first age class.")
    var first = "5s"
    @Flag(help: "Classes of equal length; otherwise each is as long as all before it.")
    var linear = false
    @Option(help: "At most so many rows, the largest first.")
    var limit = 50

    func validate() throws {
        guard (1...20).contains(buckets) else { throw ValidationError("--buckets must be from 1 to 20.") }
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit must be from 1 to 10000.") }
        guard let length = TimeLength.milliseconds(first), length >= 1000 else {
            throw ValidationError("--first \(first): expected a length of time of a second or more, such as 5s.")
        }
    }

    func run() async throws {
        let inspection = try options.inspection()
        let renderer = options.renderer
        let filter = try filters.resolve(inspection, now: renderer.now, otherwise: [.pending, .deferred])
        let start = TimeLength.milliseconds(first) ?? 5000
        let bounds = (0..<buckets).map { linear ? start * Int64($0 + 1) : start << Int64($0) }
        var matrix = AgeMatrix(bounds: bounds)
        let scan = DeliveryScan(inspection.queue, filter)
        try matrix.count(scan, by: by, now: renderer.now, laneName: { inspection.laneName($0) ?? "nowhere" }) { next in
            try inspection.ask { _ in try next() }
        }
        inspection.warn(scan)
        try renderer.writeMatched(listing(matrix, renderer), isFiltered: !filters.words.isEmpty)
    }

    private func listing(_ matrix: AgeMatrix, _ renderer: Renderer) -> Listing {
        let members = matrix.bounds.map { "to\($0 / 1000)s" } + ["older"]
        let titles = matrix.bounds.map { RelativeTime.short($0 / 1000) } + [">"]
        var rows = matrix.rows.map { (key: $0.key, counts: $0.value, sum: $0.value.reduce(0, +)) }
        rows.sort { ($1.sum, $0.key) < ($0.sum, $1.key) }
        let all = rows.count
        if rows.count > limit { rows.removeLast(rows.count - limit) }
        func item(_ key: String, _ counts: [Int]) -> JSONObject {
            var object = JSONObject([by.rawValue: .string(key), "total": .number(counts.reduce(0, +))])
            for (member, count) in zip(members, counts) { object[member] = .number(count) }
            return object
        }
        var listing = Listing(
            id: by.rawValue,
            scope: filters.scope("deliveries by \(by.rawValue) and age", otherwise: "still to do")
                + (all > rows.count ? ", the largest \(rows.count) of \(all)" : ""),
            source: "store",
            columns: [.text(by.rawValue.uppercased(), by.rawValue), .number("T", "total")]
                + zip(titles, members).map { .number($0, $1) }
        )
        listing.items = rows.map { item($0.key, $0.counts) }
        listing.total = all
        // People want the sum; who counts by machine adds it up.
        if renderer.format == .table, !rows.isEmpty {
            listing.items.insert(item("TOTAL", matrix.total), at: 0)
            listing.total = nil
        }
        return listing
    }
}

extension AgeMatrix.Key: ExpressibleByArgument {}
