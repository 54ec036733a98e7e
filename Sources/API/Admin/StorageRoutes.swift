import Contract
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

/// Orders about many devices at once: their seals, and what a lane's wrong configuration made of them.
struct StorageRoutes {
    /// Devices of one transaction, about 10 ms, and transactions of one answer.
    private static let sliceMax = 500
    private static let slicesMax = 20
    private static let bodyBytesMax = 16 * 1024

    let services: AdminServices

    var routes: [Route] {
        [
            Route(.post, "/admin/storage/reseal") { try await reseal($0) },
            Route(.post, "/admin/devices/restore") { try await restore($0) },
        ]
    }

    /// Moves the next devices to the first storage key; the caller comes back with `next` until it is null.
    private func reseal(_ call: Call) async throws -> Response {
        let order: OrderBody<ResealOrderView> = try OrderReader.body(
            try await OrderReader.json(call, services, bytesMax: Self.bodyBytesMax, mayBeEmpty: true),
            call,
            actor: \.actor,
            why: \.why,
            needsWhy: false
        )
        let start = Int64(order.view.after ?? 0)
        var done = Registry.Resealed(next: DeviceID(rawValue: start))
        for _ in 0..<slicesMax {
            guard let next = done.next else { break }
            let slice = try await services.registry.reseal(after: next, max: Self.sliceMax)
            done.looked += slice.looked
            done.moved += slice.moved
            done.failed += slice.failed
            done.next = slice.next
        }
        if start == 0 {
            _ = try await services.queue.keep(
                InstantOperation(
                    actor: order.actor,
                    verb: "storage.reseal",
                    filter: "",
                    why: order.why,
                    changed: done.moved
                ),
                now: services.time.now()
            )
        }
        var view = ResealedView()
        (view.looked, view.moved, view.failed) = (done.looked, done.moved, done.failed)
        view.next = done.next.map { Int($0.rawValue) }
        return .json(.ok, view)
    }

    /// Where no gateway runs nobody waits for the writer: one answer does, and the log has the whole of it.
    private var slicesMax: Int { services.live == nil ? .max : Self.slicesMax }

    /// What this lane's answers made of devices since an instant is undone.
    private func restore(_ call: Call) async throws -> Response {
        let order: OrderBody<RestoreOrderView> = try OrderReader.body(
            try await OrderReader.json(call, services, bytesMax: Self.bodyBytesMax, mayBeEmpty: false),
            call,
            actor: \.actor,
            why: \.why,
            needsWhy: true
        )
        let lane = order.view.lane ?? ""
        var errors: [FieldError] = []
        if lane.isEmpty { errors.append(FieldError("/lane", "missing", "Which lane's answers were wrong?")) }
        if order.view.since == nil { errors.append(FieldError("/since", "malformed", "Expected an RFC 3339 time.")) }
        guard errors.isEmpty, let since = order.view.since else {
            throw Problem(.invalidOrder, "The order is wrong.", errors: errors)
        }
        let isDryRun = order.view.isDryRun ?? false
        let now = services.time.now()
        let restored = try await services.registry.restore(lane: lane, since: since, isDryRun: isDryRun, now: now)
        if !isDryRun {
            _ = try await services.queue.keep(
                InstantOperation(
                    actor: order.actor,
                    verb: "device.restore",
                    filter: "lane=\(lane) since=\(since.rfc3339)",
                    why: order.why,
                    changed: restored
                ),
                now: now
            )
        }
        var view = RestoredView()
        (view.lane, view.since, view.restored, view.isDryRun) = (lane, since, restored, isDryRun)
        return .json(.ok, view)
    }
}
