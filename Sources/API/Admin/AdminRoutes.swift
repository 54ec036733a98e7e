import Contract
import Delivery
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

/// The process and its lanes; the socket's file mode is its lock.
struct AdminRoutes {
    let services: AdminServices

    var routes: [Route] {
        [
            Route(.get, "/admin/status") { _ in .json(.ok, try await status()) },
            Route(.get, "/admin/lanes") { _ in
                let lanes = try await LaneList(services: services).views()
                return .json(.ok, ListView(at: services.time.now(), lanes, total: lanes.count))
            },
            Route(.post, "/admin/lanes/pause") { try await pause($0, draining: false) },
            Route(.post, "/admin/lanes/drain") { try await pause($0, draining: true) },
            Route(.post, "/admin/lanes/resume") { call in
                let (lane, order) = (try await lane(call), try await OrderBody.read(call, services, needsWhy: false))
                try await services.lanes.resume(lane.id, actor: order.actor, why: order.why)
                return try await answer(lane)
            },
            Route(.post, "/admin/lanes/probe") { call in
                let live = try services.running("Nothing here asks lanes.")
                let (lane, order) = (try await lane(call), try await OrderBody.read(call, services, needsWhy: false))
                guard try await live.probe(lane.id, actor: order.actor, why: order.why) else {
                    throw Problem(.lanePaused, "An operator paused it; a probe does not end that.")
                }
                return try await answer(lane)
            },
            Route(.get, "/admin/publishers") { _ in
                guard let publishers = services.publishers else { throw Problem(.notBuilt, "Nobody publishes here.") }
                let now = services.time.now()
                let views = publishers.views(now: now)
                return .json(.ok, ListView(at: now, views, total: views.count))
            },
            Route(.post, "/admin/lanes/removals") { try await removals($0) },
            Route(.get, "/v1/events/{id}") { try await EventStatusRoute(services: services).response($0, for: nil) },
        ]
    }

    private func status() async throws -> StatusView {
        let build = services.build
        var view = StatusView()
        view.at = services.time.now()
        view.version = build.version
        view.processID = Int(build.processID)
        view.startedAt = build.startedAt
        view.uptimeSeconds = Int((view.at - build.startedAt).components.seconds)
        view.epoch = build.epoch.map { Int($0) }
        view.notReady = services.condition.reasonsNotReady
        view.broker = services.condition.brokerAlarm
        view.waitingCommits = services.queue.waitingCommits
        view.lanes = try await LaneList(services: services).views()
        return view
    }

    private func pause(_ call: Call, draining: Bool) async throws -> Response {
        let (lane, order) = (try await lane(call), try await OrderBody.read(call, services, needsWhy: true))
        let until = draining ? nil : order.view.until
        if let until, until <= services.time.now() {
            throw order.wrong(\.until, "Expected an RFC 3339 time that is still to come.")
        }
        try await services.lanes.pause(
            lane.id,
            actor: order.actor,
            why: order.why,
            until: until,
            draining: draining
        )
        return try await answer(lane)
    }

    /// A person has looked at what the mass guard held.
    private func removals(_ call: Call) async throws -> Response {
        let (lane, order) = (try await lane(call), try await OrderBody.read(call, services, needsWhy: true))
        guard let decision = order.view.decision, ["apply", "discard"].contains(decision) else {
            throw order.wrong(\.decision, "Expected apply or discard.", code: "unknownValue")
        }
        let decided = try await services.lanes.thaw(
            lane.id,
            applying: decision == "apply",
            actor: order.actor,
            why: order.why
        )
        guard let decided else {
            throw Problem(.removalsNotFrozen, "Nothing is held: the lane's removals are not frozen.")
        }
        var view = RemovalsDecidedView()
        view.lane = lane.name
        view.decision = decision
        (view.held, view.changed) = decided
        return .json(.ok, view)
    }

    private func lane(_ call: Call) async throws -> LaneStatus {
        let name = call.query("lane") ?? ""
        guard let lane = try await services.lanes.statuses().first(where: { $0.name == name }) else {
            throw Problem(.unknownLane, "There is no such lane.")
        }
        return lane
    }

    private func answer(_ lane: LaneStatus) async throws -> Response {
        let views = try await LaneList(services: services).views()
        guard let view = views.first(where: { $0.lane == lane.name }) else {
            throw Problem(.unknownLane, "There is no such lane any more.")
        }
        return .json(.ok, view)
    }
}

extension AdminServices {
    /// 501 where no gateway runs.
    func running(_ sentence: String) throws(Problem) -> any LiveControl {
        guard let live else { throw Problem(.notBuilt, sentence) }
        return live
    }
}
