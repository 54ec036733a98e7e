package import Contract
import Delivery
package import Domain
import Pipeline
import Providers
package import Store

/// The lanes with what waits on them, as the operator and `/healthz` see them.
struct LaneList {
    let services: AdminServices

    /// In the order of their names. Cost: reads the results of every open page.
    func views() async throws -> [LaneView] {
        let statuses = try await services.lanes.statuses().sorted { $0.name < $1.name }
        let backlogs = try await services.queueReader.read { try $0.backlog() }
        for lane in backlogs.values { services.queue.unreadable.note(lane.unreadable) }
        let now = services.time.now()
        return statuses.map { LaneView($0, backlogs[$0.id] ?? LaneBacklog(), now: now) }
    }
}

extension LaneView {
    init(_ status: LaneStatus, _ backlog: LaneBacklog, now: Instant) {
        self.init()
        lane = status.name
        provider = status.provider.name
        state = status.state
        reason = status.reason.isEmpty ? nil : status.reason
        since = status.since
        until = status.until
        window = status.window
        inFlight = status.inFlight
        add(backlog, now: now)
        connections = status.connections
        areRemovalsFrozen = status.isFrozen
    }

    /// What waits on it.
    package mutating func add(_ backlog: LaneBacklog, now: Instant) {
        pending = backlog.pending
        deferred = backlog.deferred
        dead = backlog.dead
        held = backlog.held
        oldestSeconds = backlog.oldest.map { Int(max(0, (now - $0).components.seconds)) }
    }
}
