import Contract
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

/// The clock as the services see it, and a person's decision about it.
struct ClockRoutes {
    let services: AdminServices

    var routes: [Route] {
        [
            Route(.get, "/admin/clock") { _ in .json(.ok, try await view(running().clock())) },
            Route(.post, "/admin/clock/accept") { try await accept($0) },
        ]
    }

    private func running() throws(Problem) -> any LiveControl { try services.running("Nothing here doubts clocks.") }

    private func accept(_ call: Call) async throws -> Response {
        let live = try running()
        let order = try await OrderBody.read(call, services, needsWhy: true)
        let before = live.clock()
        guard before.suspectSince != nil else { throw Problem(.clockNotSuspect, "The clock is not in doubt.") }
        // First the log, then the clock: what cannot be logged is not done.
        let operation = try await services.queue.keep(
            InstantOperation(
                actor: order.actor,
                verb: "clock.accept",
                filter: "from \(before.steady.rfc3339) to \(before.wall.rfc3339)",
                why: order.why,
                changed: 1
            ),
            now: services.time.now()
        )
        // False: it has just been believed without a person.
        _ = live.acceptClock()
        var after = before
        (after.steady, after.suspectSince) = (before.wall, nil)
        var view = try await view(after)
        view.operation = OperationName.text(operation)
        return .json(.ok, view)
    }

    private func view(_ clock: ClockReport) async throws -> ClockView {
        let held = try await services.queueReader.read { try $0.heldByClock(clock) }
        var view = ClockView()
        view.at = clock.steady
        view.wall = clock.wall
        view.steady = clock.steady
        view.isSuspect = clock.suspectSince != nil
        view.suspectSince = clock.suspectSince
        view.highWater = clock.highWater
        var back = HeldBackView()
        (back.scheduledEvents, back.retries, back.expiringEvents) = (held.scheduled, held.retries, held.expiring)
        view.heldBack = back
        return view
    }
}
