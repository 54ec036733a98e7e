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

    let services: APIServices

    var routes: [Route] {
        [
            Route(.post, "/admin/storage/reseal") { try await reseal($0) },
            Route(.post, "/admin/devices/restore") { try await restore($0) },
        ]
    }

    /// Moves the next devices to the first storage key; the caller comes back with `next` until it is null.
    private func reseal(_ call: Call) async throws -> Response {
        let order = try await OrderBody.read(call, services, needsWhy: false)
        let start = order.members["after"]?.int64 ?? 0
        var done = Registry.Resealed(next: DeviceID(rawValue: start))
        do throws(StoreError) {
            for _ in 0..<Self.slicesMax {
                guard let next = done.next else { break }
                let slice = try await services.registry.reseal(after: next, max: Self.sliceMax)
                done.looked += slice.looked
                done.moved += slice.moved
                done.failed += slice.failed
                done.next = slice.next
            }
            if start == 0 {
                _ = try await services.queue.keep(
                    InstantOrder(
                        actor: order.actor,
                        verb: "storage.reseal",
                        filter: "",
                        why: order.why,
                        changed: done.moved
                    ),
                    now: services.time.now()
                )
            }
        } catch { throw Problem(error, limits: services.limits) }
        return .json(
            .ok,
            [
                "looked": .number(done.looked), "moved": .number(done.moved), "failed": .number(done.failed),
                "next": done.next.map { .number($0.rawValue) } ?? .null,
            ]
        )
    }

    /// What this lane's answers made of devices since an instant is undone.
    private func restore(_ call: Call) async throws -> Response {
        let order = try await OrderBody.read(call, services, needsWhy: true)
        let lane = order.members["lane"]?.string ?? ""
        let since = order.members["since"]?.string.flatMap(Instant.init(rfc3339:))
        let isDryRun = order.members["dryRun"]?.bool ?? false
        var errors: [FieldError] = []
        if lane.isEmpty { errors.append(FieldError("/lane", "missing", "Which lane's answers were wrong?")) }
        if since == nil { errors.append(FieldError("/since", "malformed", "Expected an RFC 3339 time.")) }
        guard errors.isEmpty, let since else { throw Problem(.invalidOrder, "The order is wrong.", errors: errors) }
        do throws(StoreError) {
            let now = services.time.now()
            let restored = try await services.registry.restore(lane: lane, since: since, isDryRun: isDryRun, now: now)
            if !isDryRun {
                _ = try await services.queue.keep(
                    InstantOrder(
                        actor: order.actor,
                        verb: "device.restore",
                        filter: "lane=\(lane) since=\(since.rfc3339)",
                        why: order.why,
                        changed: restored
                    ),
                    now: now
                )
            }
            return .json(
                .ok,
                [
                    "lane": .string(lane), "since": .string(since.rfc3339), "restored": .number(restored),
                    "dryRun": .bool(isDryRun),
                ]
            )
        } catch { throw Problem(error, limits: services.limits) }
    }
}
