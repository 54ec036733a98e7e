import ArgumentParser
import Domain
import Store

struct QueueTail: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "New outcomes as they reach the store, until Ctrl-C.",
        discussion: """
            Looks at the store again and again, without asking the service; what comes faster than the bound is \
            counted, not shown. An outcome's time is that of its attempt where one was kept, else when it was seen.

            Examples:
              carillon queue tail
              carillon queue tail --lane 'fcm/*' --state rejected,dead
              carillon queue tail --since 10m
              carillon queue tail -o ndjson --for 10m > outcomes.ndjson
            """
    )

    /// Outcomes shown of one look.
    private static let outcomesMax = 1000

    @OptionGroup var options: GlobalOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions

    @Option(help: "Between two looks, from 1s to 1h.")
    var interval: TimeLengthArgument = "1s"
    @Option(help: "First the outcomes so far of deliveries made not longer ago than: 10m, 2h.")
    var since: TimeLengthArgument?
    @Option(help: "Ends after so many outcomes.")
    var count: Int?
    @Option(name: .customLong("for"), help: "Ends after this length of time.")
    var length: TimeLengthArgument?

    func validate() throws {
        try interval.checkInterval()
        try length?.check("for", like: "10m")
        try since?.check("since", like: "10m")
        if let count, count < 1 { throw ValidationError(say("--count must be at least 1.")) }
    }

    func run() async throws {
        let inspection = try options.inspection()
        var renderer = options.renderer
        if renderer.format == .json { renderer.format = .ndjson }
        let filter = try filters.resolve(inspection, now: renderer.now, otherwise: [])
        let tail = try inspection.ask { try OutcomeTail($0, filter) }
        let listing = Listing(
            id: "id",
            scope: filters.scope(say("outcomes"), otherwise: say("as they come")),
            columns: [.csv("seenAt")] + Inspection.deliveryColumns
        )
        if renderer.format == .table, renderer.context.columns == nil {
            // A pipe wants rows.
        } else if renderer.format == .table {
            try renderer.context.writeText(renderer.cut(renderer.header(of: listing)) + "\n")
        } else {
            try renderer.writeHeader(listing)
        }
        let clock = ContinuousClock()
        let end = length.map { clock.now + $0.duration }
        var left = count ?? .max
        var told: Set<Told> = []
        for row in try earlier(filter, inspection, renderer).prefix(left) {
            try write(row, inspection, listing, renderer)
            told.insert(Told(row))
            left -= 1
        }
        while left > 0 {
            let look = try inspection.ask { _ in try tail.next(max: Self.outcomesMax) }
            let rows = look.rows.filter { !told.contains(Told($0)) }
            for row in rows.prefix(left) { try write(row, inspection, listing, renderer) }
            left -= min(left, rows.count)
            if look.skipped > 0 { renderer.context.talk(say("carillon: \(look.skipped) outcomes were not shown")) }
            if left == 0 || end.map({ clock.now >= $0 }) ?? false { return }
            try await Task.sleep(for: interval.duration)
        }
    }

    /// An outcome that was shown before the tail began.
    private struct Told: Hashable {
        var id: DeliveryID
        var result: SlotResult
        var attempts: Int

        init(_ row: DeliveryRow) { (id, result, attempts) = (row.id, row.result, row.attempts) }
    }

    /// At most as many as one look tells, the newest; in the order of the ids.
    private func earlier(
        _ filter: QueueFilter,
        _ inspection: Inspection,
        _ renderer: Renderer
    ) throws -> ArraySlice<DeliveryRow> {
        guard let since else { return [] }
        var filter = filter
        let start = renderer.now - since.duration
        filter.madeSince = max(filter.madeSince ?? start, start)
        if filter.states.isEmpty { filter.states = Set(DeliveryState.allCases).subtracting([.pending]) }
        let scan = DeliveryScan(inspection.queue, filter)
        var rows: [DeliveryRow] = []
        while let match = try inspection.next(of: scan) {
            rows += try inspection.rows(of: match, in: scan)
            if rows.count > 2 * Self.outcomesMax { rows.removeFirst(rows.count - Self.outcomesMax) }
        }
        return rows.suffix(Self.outcomesMax)
    }

    private func write(_ row: DeliveryRow, _ inspection: Inspection, _ listing: Listing, _ renderer: Renderer) throws {
        var object = try inspection.json(row)
        object["seenAt"] = .string(renderer.now.rfc3339)
        guard renderer.format == .table else { return try renderer.write(object, of: listing) }
        func word(_ name: String) -> String { Listing.Column.plain(object[name] ?? .null) }
        func padded(_ text: String, _ width: Int) -> String { DisplayWidth.padded(text, to: width) }
        let state = word("state")
        let shown = renderer.isColored ? Renderer.painted(padded(state, 9), state) : padded(state, 9)
        let why =
            row.result.state == .accepted
            ? say("\(row.attempts) attempts, within \(Int64(1) << Int64(row.result.latencyBucket)) ms")
            : [row.result.reason?.word, row.last.map { "\($0.status) \($0.reason)" }].compactMap { $0 }.joined(
                separator: " "
            )
        let before = [
            row.last?.at.rfc3339 ?? renderer.now.rfc3339, padded(word("id"), 12), padded(word("event"), 16),
            padded(word("lane"), 18),
        ]
        let after = [padded(word("user"), 12), why]
        let cells = before.map(DisplayWidth.safe) + [shown] + after.map(DisplayWidth.safe)
        try renderer.context.writeText(renderer.fitted(cells.joined(separator: "  ")) + "\n")
    }
}
