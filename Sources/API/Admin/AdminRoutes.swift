import Delivery
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

/// The operator's door; the socket's file mode is its lock.
struct AdminRoutes {
    let services: APIServices

    var routes: [Route] {
        [
            Route(.get, "/admin/status") { _ in try await status() },
            Route(.get, "/admin/lanes") { _ in try await lanes() },
            Route(.post, "/admin/lanes/pause") { try await pause($0) },
            Route(.post, "/admin/lanes/resume") { call in
                try await change(call, needsWhy: false) { lane, order throws(StoreError) in
                    try await services.hooks.resumeLane(lane, order.actor, order.why)
                }
            },
            Route(.post, "/admin/lanes/drain") { call in
                try await change(call, needsWhy: true) { lane, order throws(StoreError) in
                    try await services.hooks.drainLane(lane, order.actor, order.why)
                }
            },
            Route(.post, "/admin/lanes/probe") { call in try await probe(call) },
            Route(.post, "/admin/lanes/removals") { try await removals($0) },
            Route(.get, "/v1/events/{id}") { try await EventStatusRoute(services: services).response($0, for: nil) },
        ]
    }

    private func status() async throws -> Response {
        let build = services.build
        let now = services.time.now()
        let rows = try await LaneList(services: services).rows()
        return .json(
            .ok,
            [
                "at": .string(now.rfc3339), "version": .string(build.version), "pid": .number(build.processID),
                "startedAt": .string(build.startedAt.rfc3339),
                "uptimeSeconds": .number((now - build.startedAt).components.seconds),
                "epoch": build.epoch.map { .number($0) } ?? .null,
                "notReady": .array(await services.hooks.readiness().map { .string($0) }),
                "waitingCommits": .number(services.queue.waitingCommits), "lanes": .array(rows.map(\.json)),
            ]
        )
    }

    private func lanes() async throws -> Response {
        let rows = try await LaneList(services: services).rows()
        return .json(
            .ok,
            [
                "at": .string(services.time.now().rfc3339), "source": "live", "items": .array(rows.map(\.json)),
                "total": .number(rows.count), "next": .null,
            ]
        )
    }

    private func change(
        _ call: Call,
        needsWhy: Bool,
        _ apply: @Sendable (LaneID, OrderBody) async throws(StoreError) -> Void
    ) async throws -> Response {
        let lane = try await lane(call)
        let order = try await OrderBody.read(call, services, needsWhy: needsWhy)
        do throws(StoreError) { try await apply(lane, order) } catch { throw Problem(error, limits: services.limits) }
        return try await row(of: lane, call)
    }

    private func pause(_ call: Call) async throws -> Response {
        let lane = try await lane(call)
        let order = try await OrderBody.read(call, services, needsWhy: true)
        var until: Instant?
        if let member = order.members["until"], !member.isNull {
            until = member.string.flatMap(Instant.init(rfc3339:))
            guard let until, until > services.time.now() else {
                let error = FieldError("/until", "malformed", "Expected an RFC 3339 time that is still to come.")
                throw Problem(.invalidOrder, "The order is wrong.", errors: [error])
            }
        }
        do throws(StoreError) { try await services.hooks.pauseLane(lane, order.actor, order.why, until) } catch {
            throw Problem(error, limits: services.limits)
        }
        return try await row(of: lane, call)
    }

    private func probe(_ call: Call) async throws -> Response {
        guard let probe = services.hooks.probeLane else { throw Problem(.notBuilt, "Nothing here asks lanes.") }
        let lane = try await lane(call)
        let order = try await OrderBody.read(call, services, needsWhy: false)
        let isOpen: Bool
        do throws(StoreError) { isOpen = try await probe(lane, order.actor, order.why) } catch {
            throw Problem(error, limits: services.limits)
        }
        guard isOpen else { throw Problem(.lanePaused, "An operator paused it; a probe does not end that.") }
        return try await row(of: lane, call)
    }

    /// A person has looked at what the mass guard held.
    private func removals(_ call: Call) async throws -> Response {
        let lane = try await lane(call)
        let order = try await OrderBody.read(call, services, needsWhy: true)
        guard let decision = order.members["decision"]?.string, ["apply", "discard"].contains(decision) else {
            throw Problem(
                .invalidOrder,
                "The order is wrong.",
                errors: [FieldError("/decision", "unknownValue", "Expected apply or discard.")]
            )
        }
        let decided: (held: Int, changed: Int)?
        do throws(StoreError) {
            decided = try await services.hooks.decideRemovals(lane, decision == "apply", order.actor, order.why)
        } catch { throw Problem(error, limits: services.limits) }
        guard let decided else {
            throw Problem(.removalsNotFrozen, "Nothing is held: the lane's removals are not frozen.")
        }
        return .json(
            .ok,
            [
                "lane": .string(call.query("lane") ?? ""), "decision": .string(decision), "held": .number(decided.held),
                "changed": .number(decided.changed),
            ]
        )
    }

    private func lane(_ call: Call) async throws -> LaneID {
        let name = call.query("lane") ?? ""
        let known = await services.hooks.laneStatuses().first { $0.name == name }
        guard let lane = known?.id ?? services.lanes().lane(named: name) else {
            throw Problem(.unknownLane, "There is no such lane.")
        }
        return lane
    }

    private func row(of lane: LaneID, _ call: Call) async throws -> Response {
        let row = try await LaneList(services: services).rows().first { $0.status.id == lane }
        return .json(.ok, row?.json ?? ["lane": .string(call.query("lane") ?? "")])
    }
}
