import API
import Contract
import Domain
import Providers
import Store

/// The lanes as the service sees them now, or as the store last saw them; ``source`` says which.
struct LaneFacts {
    /// `live` or `store`.
    var source: String
    var items: [LaneView]
    /// Lanes of the service's answer that could not be read.
    var unread = 0

    func sum(_ count: KeyPath<LaneView, Int>) -> Int { items.reduce(0) { $0 + $1[keyPath: count] } }

    /// How long the oldest of all waits; nil when none does.
    var oldestSeconds: Int? { items.compactMap(\.oldestSeconds).max() }

    /// Asks the admin socket, then the store.
    static func read(_ inspection: Inspection, now: Instant) async throws -> LaneFacts {
        let answer = await AdminClient.ask(inspection.adminSocket, "/admin/lanes")
        guard let answer else { return try stored(inspection, now: now) }
        var unread = 0
        let items = ListView<LaneView>(shown: answer, unread: &unread).items
        return LaneFacts(source: "live", items: items, unread: unread)
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
            view.since = lane.changedAt.milliseconds > 0 ? lane.changedAt : nil
            view.until = lane.mode == .paused ? lane.until : nil
            view.add(backlogs[lane.id] ?? LaneBacklog(), now: now)
            view.areRemovalsFrozen = frozen[lane.name] != nil
            return view
        }
        return LaneFacts(source: "store", items: items)
    }

    /// Why it is in its state: an operator's order says by whom (`by lea: maintenance`), the rest is the provider's word.
    fileprivate static func reasonText(_ reason: String) -> String {
        reason.hasPrefix("by ") ? say("by \(reason.dropFirst(3))") : reason
    }

    private static let columns: [Listing.Column] = [
        .text("LANE", "lane"), .state("STATE", "state"), .length("SINCE", "since"),
        .number("WINDOW", "window").important(1), .number("IN FLIGHT", "inFlight").important(2),
        .number("PENDING", "pending").important(7), .number("DEFERRED", "deferred").important(5),
        .number("DEAD", "dead").important(4), .seconds("OLDEST", "oldestSeconds"),
        .until("UNTIL", "until").important(3),
        Listing.Column(title: "REASON", member: "reason") { value, _ in
            value.string.map(reasonText) ?? Listing.Column.plain(value)
        },
    ]
    /// These are shown only where somebody has to look.
    private static let held = Listing.Column.number("HELD", "held").important(6)
    private static let removals = Listing.Column(title: "REMOVALS", member: "removalsFrozen") { value, _ in
        value == true ? say("frozen") : "-"
    }

    var listing: Listing {
        var columns = Self.columns
        if items.contains(where: { $0.held > 0 }) {
            let place = columns.firstIndex { $0.member == "oldestSeconds" } ?? columns.endIndex
            columns.insert(Self.held, at: place)
        }
        if items.contains(where: \.areRemovalsFrozen) {
            columns.insert(Self.removals, at: columns.count - 1)
        }
        return Listing(
            id: "lane",
            scope: say("lanes"),
            source: source,
            columns: columns,
            items: items.map(\.object),
            total: unread == 0 ? items.count : nil,
            unread: unread
        )
    }
}

extension LaneView {
    /// How long it has been in its state: ` for 5 min`; empty when nobody knows.
    func sinceText(now: Instant) -> String {
        since.map { say(" for \(RelativeTime.length((now - $0).components.seconds))") } ?? ""
    }

    /// The same and why: ` for 5 min (by lea: maintenance)`.
    func standingText(now: Instant) -> String {
        sinceText(now: now) + (reason.map { " (\(LaneFacts.reasonText($0)))" } ?? "")
    }
}
