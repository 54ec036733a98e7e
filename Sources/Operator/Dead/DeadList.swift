import ArgumentParser
import Domain
import Store

struct DeadList: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "The dead letters, or what they died of.",
        discussion: """
            The filters are those of `queue list`; a state is not needed. With --by reason: one line a reason, with a hint.

            Examples:
              carillon dead list --lane 'fcm/*' --younger 7d
              carillon dead list --by reason
              carillon dead list --reason 'UNAVAIL*' -o ids
            """
    )

    enum Grouping: String, CaseIterable, ExpressibleByArgument {
        case delivery, reason
    }

    @OptionGroup var options: GlobalOptions
    @OptionGroup var paging: ListOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions

    @Option(help: "delivery or reason.")
    var by: Grouping = .delivery

    func validate() throws { try Self.refuseStates(filters) }

    func run() async throws {
        let inspection = try options.inspection()
        let renderer = options.renderer
        let filter = try Self.filter(filters, inspection, now: renderer.now)
        let scope = filters.scope(say("dead letters"), otherwise: say("all"))
        if by == .reason { return try renderer.writeMatched(byReason(filter, inspection, scope), isFiltered: false) }
        let listing = Listing(id: "id", scope: scope, columns: Self.columns)
        let pages = DeliveryPages(inspection, filter)
        try paging.write(listing, to: renderer, isFiltered: !filters.words.isEmpty) { after, limit in
            try pages.next(after: try after.map(QueueList.delivery), limit: limit).map(inspection.json)
        }
        pages.warn()
    }

    static func refuseStates(_ filters: FilterOptions) throws {
        guard filters.state == nil else {
            throw ValidationError(say("Dead letters have one state: leave --state out."))
        }
    }

    static func filter(_ filters: FilterOptions, _ inspection: Inspection, now: Instant) throws -> QueueFilter {
        var filter = try filters.resolve(inspection, now: now, otherwise: [.dead])
        filter.states = [.dead]
        return filter
    }

    static let columns: [Listing.Column] = [
        .text("DELIVERY", "id"), .text("EVENT", "event"), .text("SCHOOL", "school").optional, .text("USER", "user"),
        .longID("DEVICE", "device").optional, .text("LANE", "lane"), .number("TRIES", "attempts"),
        .time("DIED", "diedAt"),
        .text("HTTP", "lastStatus"), .text("LAST", "lastReason"), .csv("app"), .csv("action"), .csv("madeAt"),
        .csv("expiresAt"), .csv("lastAt"),
    ]

    private struct Group {
        var count = 0
        var lanes: Set<LaneID> = []
        var events: Set<EventID> = []
        var first = Instant(milliseconds: .max)
        var last = Instant(milliseconds: .min)
        var status = 0
    }

    private func byReason(_ filter: QueueFilter, _ inspection: Inspection, _ scope: String) throws -> Listing {
        var groups: [String: Group] = [:]
        let scan = DeliveryScan(inspection.queue, filter)
        while let match = try inspection.next(of: scan) {
            for row in try inspection.rows(of: match, in: scan) {
                let reason = row.last?.reason ?? "-"
                var group = groups[reason] ?? Group()
                group.count += 1
                group.lanes.insert(row.lane)
                group.events.insert(row.event)
                group.status = row.last?.status ?? group.status
                if let at = row.diedAt { (group.first, group.last) = (min(group.first, at), max(group.last, at)) }
                groups[reason] = group
            }
        }
        inspection.warn(scan)
        var listing = Listing(
            id: "reason",
            scope: scope + say(", by reason"),
            columns: [
                .text("REASON", "reason"), .number("HTTP", "status"), .number("N", "count"), .text("LANES", "lanes"),
                .number("EVENTS", "events"), .time("FIRST", "firstAt"), .time("LAST", "lastAt"), .text("HINT", "hint"),
            ]
        )
        listing.items = groups.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map { reason, group in
            JSONObject([
                "reason": .string(reason), "status": .number(group.status), "count": .number(group.count),
                "lanes": .string(group.lanes.compactMap(inspection.laneName).sorted().joined(separator: " ")),
                "events": .number(group.events.count),
                "firstAt": group.first.milliseconds == .max ? .null : .string(group.first.rfc3339),
                "lastAt": group.last.milliseconds == .min ? .null : .string(group.last.rfc3339),
                "hint": .string(Self.hint(group.status)),
            ])
        }
        listing.total = listing.items.count
        return listing
    }

    private static func hint(_ status: Int) -> String {
        switch status {
        case 0: say("no answer came: the network, or the provider's outage; a retry is possible")
        case 429, 500...: say("the provider's outage; a retry is possible")
        default: say("look at one: carillon dead show")
        }
    }
}
