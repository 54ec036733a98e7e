package import Domain

/// The process and its lanes.
package struct StatusView: WireView {
    package var at = Instant(milliseconds: 0)
    package var version = ""
    package var processID = 0
    package var startedAt = Instant(milliseconds: 0)
    package var uptimeSeconds = 0
    package var epoch: Int?
    package var notReady: [String] = []
    /// Why events of the message broker do not come; nil while they do, or none are asked for.
    package var broker: String?
    package var waitingCommits = 0
    package var lanes: [LaneView] = []

    package init() {}

    package static let members: [WireMember<StatusView>] = [
        .always("at", \.at), .always("version", \.version), .always("pid", \.processID),
        .always("startedAt", \.startedAt), .always("uptimeSeconds", \.uptimeSeconds), .always("epoch", \.epoch),
        .always("notReady", \.notReady), .maybe("broker", \.broker), .always("waitingCommits", \.waitingCommits),
        .always("lanes", \.lanes),
    ]
}

/// Deep health; `disk` and `clock` are added by those who watch them.
package struct HealthView: WireView {
    /// `ok`, `degraded` (a person should look: ``alarms``) or `failing` (it cannot promise: ``reasons``).
    package var status = ""
    package var reasons: [String] = []
    package var version = ""
    package var uptimeSeconds = 0
    package var waitingCommits = 0
    package var oldestSeconds: Int?
    package var lanes: [LaneView] = []
    package var diskFreeBytes: Int?
    package var disk: DiskView?
    package var isClockInDoubt: Bool?
    package var unreadable: UnreadableView?
    package var alarms: [String]?

    package init() {}

    package static let members: [WireMember<HealthView>] = [
        .always("status", \.status), .always("reasons", \.reasons), .always("version", \.version),
        .always("uptimeSeconds", \.uptimeSeconds), .always("waitingCommits", \.waitingCommits),
        .always("oldestSeconds", \.oldestSeconds), .always("lanes", \.lanes),
        .maybe("diskFreeBytes", \.diskFreeBytes), .maybe("disk", \.disk), .maybe("isClockInDoubt", \.isClockInDoubt),
        .maybe("unreadable", \.unreadable), .maybe("alarms", \.alarms),
    ]
}

/// Rows of the store that cannot be read.
package struct UnreadableView: WireView {
    package var total = 0
    package var tables = Counts()
    /// The first of them, a sentence each.
    package var rows: [String] = []

    package init() {}

    package static let members: [WireMember<UnreadableView>] = [
        .always("total", \.total), .always("tables", \.tables), .always("rows", \.rows),
    ]
}

/// The room on the disk of the stores.
package struct DiskView: WireView {
    package var stage = ""
    package var freeBytes = 0
    package var softBytes = 0
    package var hasBallast = false

    package init() {}

    package static let members: [WireMember<DiskView>] = [
        .always("stage", \.stage), .always("freeBytes", \.freeBytes), .always("softBytes", \.softBytes),
        .always("hasBallast", \.hasBallast),
    ]
}

/// The clock as the services see it; their words are null when the store is asked.
package struct ClockView: WireView {
    package var at: Instant?
    package var source: String?
    package var wall: Instant?
    package var steady: Instant?
    package var isSuspect = false
    package var suspectSince: Instant?
    package var highWater: Instant?
    package var heldBack: HeldBackView?
    package var operation: String?

    package init() {}

    package static let members: [WireMember<ClockView>] = [
        .always("at", \.at), .maybe("source", \.source), .always("wall", \.wall), .always("steady", \.steady),
        .always("isSuspect", \.isSuspect), .always("suspectSince", \.suspectSince), .always("highWater", \.highWater),
        .always("heldBack", \.heldBack), .maybe("operation", \.operation),
    ]
}

/// What lies between the doubted clock and the wall.
package struct HeldBackView: WireView {
    package var scheduledEvents = 0
    package var retries = 0
    package var expiringEvents = 0

    package init() {}

    package static let members: [WireMember<HeldBackView>] = [
        .always("scheduledEvents", \.scheduledEvents), .always("retries", \.retries),
        .always("expiringEvents", \.expiringEvents),
    ]
}

/// Alive, or ready.
package struct ReadyView: WireView {
    package var status = ""

    package init() {}

    package static let members: [WireMember<ReadyView>] = [
        .always("status", \.status)
    ]
}

/// What runs.
package struct VersionView: WireView {
    package var version = ""

    package init() {}

    package static let members: [WireMember<VersionView>] = [
        .always("version", \.version)
    ]
}

/// A page of a list.
package struct ListView<Item: WireView>: WireView {
    package var at: Instant?
    /// `live` or `store`.
    package var source: String?
    package var items: [Item] = []
    /// nil when it was not counted.
    package var total: Int?
    package var next: String?

    package init() {}

    package init(at: Instant, source: String = "live", _ items: [Item], total: Int? = nil, next: String? = nil) {
        self.at = at
        self.source = source
        self.items = items
        self.total = total
        self.next = next
    }

    package static var members: [WireMember<ListView>] {
        [
            .always("at", \.at), .always("source", \.source), .always("items", \.items), .always("total", \.total),
            .always("next", \.next),
        ]
    }
}

/// A list without pages.
package struct ItemsView<Item: WireView>: WireView {
    package var items: [Item] = []

    package init() {}

    package init(_ items: [Item]) { self.items = items }

    package static var members: [WireMember<ItemsView>] { [.always("items", \.items)] }
}
