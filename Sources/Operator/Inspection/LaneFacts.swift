import API
import Contract
import Domain
import Providers
import Settings
import Store

/// The lanes as the service sees them now, or as the store last saw them; ``source`` says which.
struct LaneFacts {
    /// `live` or `store`.
    var source: String
    /// Objects of the contract: `lane provider state reason until window inFlight pending deferred dead held oldestSeconds
    /// removalsFrozen`.
    var items: [JSONObject]

    /// Asks the admin socket, then the store.
    static func read(_ inspection: Inspection, now: Instant) async throws -> LaneFacts {
        let client = AdminClient(socket: inspection.adminSocket)
        let answer = await client.get("/admin/lanes")
        await client.stop()
        if let items = answer?["items"]?.array { return LaneFacts(source: "live", items: items.compactMap(\.object)) }
        return try stored(inspection, now: now)
    }

    /// What is in flight, the window and when a closed lane opens again are known to the service only: null.
    static func stored(_ inspection: Inspection, now: Instant) throws -> LaneFacts {
        let backlogs = try inspection.ask { try $0.backlog() }
        let frozen = try inspection.askRegistry { try $0.frozenLanes() }
        let items = inspection.lanes.map { lane in
            var view = LaneView()
            view.lane = lane.name
            view.provider = lane.provider?.name
            view.state = lane.word
            view.reason = lane.reasonText
            view.until = lane.mode == .paused ? lane.until : nil
            view.add(backlogs[lane.id] ?? LaneBacklog(), now: now)
            view.areRemovalsFrozen = frozen[lane.name] != nil
            return view.object
        }
        return LaneFacts(source: "store", items: items)
    }

    private static let columns: [Listing.Column] = [
        .text("LANE", "lane"), .state("STATE", "state"), .number("WINDOW", "window"), .number("IN FLIGHT", "inFlight"),
        .number("PENDING", "pending"), .number("DEFERRED", "deferred"), .number("DEAD", "dead"),
        .seconds("OLDEST", "oldestSeconds"), .time("UNTIL", "until"), .text("REASON", "reason"),
    ]
    /// These are shown only where somebody has to look.
    private static let held = Listing.Column.number("HELD", "held")
    private static let removals = Listing.Column(title: "REMOVALS", member: "removalsFrozen") { value, _ in
        value == true ? "frozen" : "-"
    }

    var listing: Listing {
        var columns = Self.columns
        if items.contains(where: { $0["held"]?.int64 ?? 0 > 0 }) {
            let place = columns.firstIndex { $0.member == "oldestSeconds" } ?? columns.endIndex
            columns.insert(Self.held, at: place)
        }
        if items.contains(where: { $0["removalsFrozen"] == true }) { columns.append(Self.removals) }
        return Listing(id: "lane", scope: "lanes", source: source, columns: columns, items: items, total: items.count)
    }
}
