import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

/// The operator's door; the socket's file mode is its lock.
struct AdminRoutes {
    private static let bodyBytesMax = 16 * 1024
    private static let whyBytesMax = 1000

    let services: APIServices

    var routes: [Route] {
        [
            Route(.get, "/admin/status") { _ in try await status() },
            Route(.get, "/admin/lanes") { _ in try await lanes() },
            Route(.post, "/admin/lanes/pause") { call in
                try await change(call, needsWhy: true) { lane, order throws(StoreError) in
                    try await services.hooks.pauseLane(lane, order.actor, order.why)
                }
            },
            Route(.post, "/admin/lanes/resume") { call in
                try await change(call, needsWhy: false) { lane, order throws(StoreError) in
                    try await services.hooks.resumeLane(lane, order.actor, order.why)
                }
            },
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

    /// Who wants it, and why: both go to the audit log.
    private struct Order: Sendable {
        var actor: String
        var why: String
        /// Of the order about removals.
        var decision: String
    }

    private func change(
        _ call: Call,
        needsWhy: Bool,
        _ apply: @Sendable (LaneID, Order) async throws(StoreError) -> Void
    ) async throws -> Response {
        let (lane, name) = try await lane(call)
        let order = try await order(call, needsWhy: needsWhy)
        do throws(StoreError) { try await apply(lane, order) } catch { throw Problem(error, limits: services.limits) }
        let row = try await LaneList(services: services).rows().first { $0.status.id == lane }
        return .json(.ok, row?.json ?? ["lane": .string(name)])
    }

    /// A person has looked at what the mass guard held.
    private func removals(_ call: Call) async throws -> Response {
        let (lane, name) = try await lane(call)
        let order = try await order(call, needsWhy: true)
        guard ["apply", "discard"].contains(order.decision) else {
            throw Problem(
                .invalidOrder,
                "The order is wrong.",
                errors: [FieldError("/decision", "unknownValue", "Expected apply or discard.")]
            )
        }
        let decided: (held: Int, changed: Int)?
        do throws(StoreError) {
            decided = try await services.hooks.decideRemovals(lane, order.decision == "apply", order.actor, order.why)
        } catch { throw Problem(error, limits: services.limits) }
        guard let decided else {
            throw Problem(.removalsNotFrozen, "Nothing is held: the lane's removals are not frozen.")
        }
        return .json(
            .ok,
            [
                "lane": .string(name), "decision": .string(order.decision), "held": .number(decided.held),
                "changed": .number(decided.changed),
            ]
        )
    }

    private func lane(_ call: Call) async throws(Problem) -> (LaneID, String) {
        let name = call.query("lane") ?? ""
        let known = await services.hooks.laneStatuses().first { $0.name == name }
        guard let lane = known?.id ?? services.lanes().lane(named: name) else {
            throw Problem(.unknownLane, "There is no such lane.")
        }
        return (lane, name)
    }

    private func order(_ call: Call, needsWhy: Bool) async throws(Problem) -> Order {
        let body = try await BodyReader(bytesMax: Self.bodyBytesMax, timeout: services.bodyTimeout)
            .bytes(of: call.request)
        var value: JSONValue = [:]
        if !body.isEmpty || needsWhy {
            do { value = try JSONParser.parse(body) } catch { throw Problem(.json(error)) }
        }
        var errors: [FieldError] = []
        func text(_ name: String) -> String {
            guard let member = value[name], !member.isNull else { return "" }
            guard let text = member.string, text.utf8.count <= Self.whyBytesMax else {
                errors.append(
                    FieldError(
                        JSONPointer.root.member(name),
                        "malformed",
                        "Expected a string of at most \(Self.whyBytesMax) bytes."
                    )
                )
                return ""
            }
            return text
        }
        let actor = text("actor")
        let why = text("why")
        let decision = text("decision")
        if needsWhy, errors.isEmpty, why.allSatisfy(\.isWhitespace) {
            errors.append(FieldError("/why", "missing", "Say why; it goes to the audit log."))
        }
        guard errors.isEmpty else { throw Problem(.invalidOrder, "The order is wrong.", errors: errors) }
        return Order(actor: actor.isEmpty ? "unknown" : actor, why: why, decision: decision)
    }
}
