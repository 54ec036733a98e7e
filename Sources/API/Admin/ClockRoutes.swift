import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

/// The clock as the services see it, and a person's word on it.
struct ClockRoutes {
    let services: APIServices

    var routes: [Route] {
        [
            Route(.get, "/admin/clock") { _ in
                guard let clock = services.hooks.clock else { throw Problem(.notBuilt, "Nothing here doubts clocks.") }
                return .json(.ok, .object(try await object(clock())))
            },
            Route(.post, "/admin/clock/accept") { try await accept($0) },
        ]
    }

    private func accept(_ call: Call) async throws -> Response {
        let order = try await OrderBody.read(call, services, needsWhy: true)
        guard let before = services.hooks.clock?(), before.suspectSince != nil else {
            throw Problem(.clockNotSuspect, "The clock is not in doubt.")
        }
        // First the log, then the clock: what cannot be logged is not done.
        let operation: Int64
        do throws(StoreError) {
            operation = try await services.queue.keep(
                InstantOrder(
                    actor: order.actor,
                    verb: "clock.accept",
                    filter: "from \(before.steady.rfc3339) to \(before.wall.rfc3339)",
                    why: order.why,
                    changed: 1
                ),
                now: services.time.now()
            )
        } catch { throw Problem(error, limits: services.limits) }
        // nil: it has just been believed without a person's word.
        _ = services.hooks.acceptClock()
        var after = before
        (after.steady, after.suspectSince) = (before.wall, nil)
        var object = try await object(after)
        object["operation"] = .string(OperationName.text(operation))
        return .json(.ok, .object(object))
    }

    private func object(_ clock: ClockReport) async throws(Problem) -> JSONObject {
        let between: HeldByClock
        do throws(StoreError) {
            between = try await services.queueReader.read { try $0.heldByClock(clock) }
        } catch { throw Problem(error, limits: services.limits) }
        return JSONObject([
            "at": .string(clock.steady.rfc3339), "wall": .string(clock.wall.rfc3339),
            "steady": .string(clock.steady.rfc3339), "isSuspect": .bool(clock.suspectSince != nil),
            "suspectSince": clock.suspectSince.map { .string($0.rfc3339) } ?? .null,
            "highWater": .string(clock.highWater.rfc3339), "heldBack": between.json,
        ])
    }
}

extension HeldByClock {
    var json: JSONValue {
        ["scheduledEvents": .number(scheduled), "retries": .number(retries), "expiringEvents": .number(expiring)]
    }
}
