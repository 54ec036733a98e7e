import Delivery
import Domain
import Pipeline
import Providers
import Store

/// The lanes with what waits on them, as the operator and `/healthz` see them.
struct LaneList {
    struct Row: Sendable {
        var status: LaneStatus
        var backlog: LaneBacklog?
        var oldestSeconds: Int64?

        /// The members of the contract, `held`, `connections` and `removalsFrozen`.
        var json: JSONValue {
            [
                "lane": .string(status.name), "provider": .string(status.provider.name),
                "state": .string(status.state), "reason": status.reason.isEmpty ? .null : .string(status.reason),
                "until": status.until.map { .string($0.rfc3339) } ?? .null, "window": .number(status.window),
                "inFlight": .number(status.inFlight), "pending": .number(backlog?.pending ?? 0),
                "deferred": .number(backlog?.deferred ?? 0), "dead": .number(backlog?.dead ?? 0),
                "held": .number(backlog?.held ?? 0),
                "oldestSeconds": oldestSeconds.map { .number($0) } ?? .null,
                "connections": .number(status.connections), "removalsFrozen": .bool(status.isFrozen),
            ]
        }
    }

    let services: APIServices

    /// In the order of their names. Cost: reads the results of every open page.
    func rows() async throws(Problem) -> [Row] {
        let statuses = await services.hooks.laneStatuses().sorted { $0.name < $1.name }
        let backlog: [LaneID: LaneBacklog]
        do throws(StoreError) { backlog = try await services.queueReader.read { try $0.backlog() } } catch {
            throw Problem(error, limits: services.limits)
        }
        for lane in backlog.values { services.queue.unreadable.note(lane.unreadable) }
        let now = services.time.now()
        return statuses.map { status in
            let backlog = backlog[status.id]
            return Row(
                status: status,
                backlog: backlog,
                oldestSeconds: backlog?.oldest.map { max(0, (now - $0).components.seconds) }
            )
        }
    }
}
