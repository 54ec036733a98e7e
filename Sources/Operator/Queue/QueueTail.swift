import ArgumentParser
import Domain
import Store

struct QueueTail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "New outcomes as they reach the store, until Ctrl-C.",
        discussion: """
            Looks at the store again and again, without asking the service; what comes faster than the bound is \
            counted, not shown. An outcome's time is that of its attempt where one was kept, else when it was seen.

            Examples:
              carillon queue tail
              carillon queue tail --lane 'fcm/*' --state rejected,dead
              carillon queue tail -o ndjson --for 10m > outcomes.ndjson
            """
    )

    /// Outcomes shown of one look.
    private static let outcomesMax = 1000

    @OptionGroup var options: GlobalOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions

    @Option(help: "Between two looks, from 1s to 1h.")
    var interval = "1s"
    @Option(help: "Ends after so many outcomes.")
    var count: Int?
    @Option(name: .customLong("for"), help: "Ends after this length of time.")
    var length: String?

    func validate() throws {
        guard let wait = TimeLength.milliseconds(interval), (1000...3_600_000).contains(wait) else {
            throw ValidationError("--interval \(interval): expected a length of time from 1s to 1h.")
        }
        if let length, TimeLength.milliseconds(length) == nil {
            throw ValidationError("--for \(length): expected a length of time such as 10m.")
        }
        if let count, count < 1 { throw ValidationError("--count must be at least 1.") }
    }

    func run() async throws {
        let inspection = try options.inspection()
        var renderer = options.renderer
        if renderer.format == .json { renderer.format = .ndjson }
        let filter = try filters.resolve(inspection, now: renderer.now, otherwise: [])
        let tail = try inspection.ask { try OutcomeTail($0, filter) }
        let listing = Listing(
            id: "id",
            scope: filters.scope("outcomes", otherwise: "as they come"),
            source: "store",
            columns: [.csv("seenAt")] + Inspection.deliveryColumns
        )
        if renderer.format == .table {
            try renderer.context.write(renderer.cut("\(listing.scope) · \(renderer.now.rfc3339) · store") + "\n")
        } else {
            try renderer.writeHeader(listing)
        }
        let clock = ContinuousClock()
        let wait = Duration.milliseconds(TimeLength.milliseconds(interval) ?? 1000)
        let end = length.flatMap { TimeLength.milliseconds($0) }.map { clock.now + .milliseconds($0) }
        var left = count ?? .max
        while left > 0 {
            let look = try inspection.ask { _ in try tail.look(max: Self.outcomesMax) }
            for row in look.rows.prefix(left) { try write(row, inspection, listing, renderer) }
            left -= min(left, look.rows.count)
            if look.skipped > 0 { renderer.context.talk("carillon: \(look.skipped) outcomes were not shown") }
            if left == 0 || end.map({ clock.now >= $0 }) ?? false { return }
            try await Task.sleep(for: wait)
        }
    }

    private func write(_ row: DeliveryRow, _ inspection: Inspection, _ listing: Listing, _ renderer: Renderer) throws {
        var object = try inspection.json(row)
        object["seenAt"] = .string(renderer.now.rfc3339)
        guard renderer.format == .table else { return try renderer.write(object, of: listing) }
        func word(_ name: String) -> String { Listing.Column.plain(object[name] ?? .null) }
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - DisplayWidth.of(text)))
        }
        let state = word("state")
        let shown = renderer.isColored ? Renderer.painted(padded(state, 9), state) : padded(state, 9)
        let why =
            row.result.state == .accepted
            ? "\(row.attempts) attempts, within \(Int64(1) << Int64(row.result.latencyBucket)) ms"
            : [row.result.reason?.word, row.last.map { "\($0.status) \($0.reason)" }].compactMap { $0 }.joined(
                separator: " "
            )
        let before = [
            row.last?.at.rfc3339 ?? renderer.now.rfc3339, padded(word("id"), 12), padded(word("event"), 16),
            padded(word("lane"), 18),
        ]
        let after = [padded(word("user"), 12), why]
        let cells = before.map(DisplayWidth.safe) + [shown] + after.map(DisplayWidth.safe)
        try renderer.context.write(renderer.fitted(cells.joined(separator: "  ")) + "\n")
    }
}
