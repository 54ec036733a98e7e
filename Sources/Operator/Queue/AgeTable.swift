import Domain
import Store

/// Ages by a key as a list: one item a key, one member a class of age.
struct AgeTable {
    let key: AgeMatrix.Key
    /// Milliseconds, ascending.
    let bounds: [Int64]
    var unit = AgeMatrix.Unit.rows

    /// Classes of equal length, or each as long as all before it.
    static func bounds(first: Int64, count: Int, isLinear: Bool) -> [Int64] {
        (0..<count).map { isLinear ? first * Int64($0 + 1) : first << Int64($0) }
    }

    /// Reads everything the filter admits. The largest rows first, at most `limit`.
    func listing(
        _ inspection: Inspection,
        _ filter: QueueFilter,
        scope: String,
        limit: Int,
        _ renderer: Renderer
    ) throws -> Listing {
        var matrix = AgeMatrix(bounds: bounds, of: unit)
        let scan = DeliveryScan(inspection.queue, filter)
        try matrix.count(
            scan,
            by: key,
            now: renderer.now,
            laneName: { inspection.laneName($0) ?? "nowhere" },
            laneReason: inspection.laneReason
        ) { next in try inspection.ask { _ in try next() } }
        inspection.warn(scan)
        var rows = matrix.rows.map { (key: $0.key, counts: $0.value, sum: $0.value.reduce(0, +)) }
        rows.sort { ($1.sum, $0.key) < ($0.sum, $1.key) }
        let all = rows.count
        if rows.count > limit { rows.removeLast(rows.count - limit) }
        let titles = bounds.map { RelativeTime.short($0 / 1000) } + [">"]
        var listing = Listing(
            id: key.rawValue,
            scope: scope + (all > rows.count ? say(", the largest \(rows.count) of \(all)") : ""),
            columns: [.text(key.rawValue.uppercased(), key.rawValue), .number("T", "total")]
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

    private var members: [String] { bounds.map { "to\($0 / 1000)s" } + ["older"] }

    private func item(_ name: String, _ counts: [Int]) -> JSONObject {
        var object = JSONObject([key.rawValue: .string(name), "total": .number(counts.reduce(0, +))])
        for (member, count) in zip(members, counts) { object[member] = .number(count) }
        return object
    }
}
