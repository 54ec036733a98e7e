import Contract
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

/// Bulk orders about deliveries, and the log of all orders.
struct OrderRoutes {
    /// Ten thousand named deliveries.
    private static let bodyBytesMax = 512 * 1024

    let services: AdminServices

    var routes: [Route] {
        [
            Route(.post, "/admin/orders") { try await give($0) },
            Route(.get, "/admin/operations") { try await list($0) },
            Route(.get, "/admin/operations/{id}") { call in
                let id = try number(call)
                let operation = try await services.queueReader.read { try $0.operation(id) }
                guard let operation else { throw Self.unknown }
                return .json(.ok, operation.view)
            },
            Route(.post, "/admin/operations/{id}/cancel") { call in
                let id = try number(call)
                let order = try await OrderBody.read(call, services, needsWhy: false)
                let operation = try await services.orders.cancel(id, actor: order.actor, why: order.why)
                guard let operation else { throw Self.unknown }
                return .json(.ok, operation.view)
            },
        ]
    }

    private func give(_ call: Call) async throws -> Response {
        let object = try await OrderReader.json(call, services, bytesMax: Self.bodyBytesMax, mayBeEmpty: true)
        let body: OrderBody<BulkOrderView> = try OrderReader.body(
            object,
            call,
            actor: \.actor,
            why: \.why,
            needsWhy: false
        )
        let report = try await services.orders.give(body.order(), patience: services.orderPatience)
        return .json(report.state == "running" ? .accepted : .ok, report.view)
    }

    private func list(_ call: Call) async throws -> Response {
        let limit = try call.limit()
        let after = call.query("after").map { OperationName.number($0) }
        guard after != .some(nil) else { throw Problem(.invalidParameter, "after is an operation: O-17.") }
        let found = try await services.queueReader.read { try $0.operations(before: after ?? nil, limit: limit + 1) }
        let shown = found.prefix(limit)
        let next = found.count > limit ? shown.last.map { OperationName.text($0.id) } : nil
        return .json(.ok, ListView(at: services.time.now(), shown.map(\.view), next: next))
    }

    private static let unknown = Problem(.unknownOperation, "There is no such operation.")

    private func number(_ call: Call) throws(Problem) -> Int64 {
        guard let id = OperationName.number(call.parameter("id")) else { throw Self.unknown }
        return id
    }
}

extension OrderBody<BulkOrderView> {
    /// - Throws: 422 for what is no order.
    func order() throws -> Order {
        let verbs = OrderVerb.ofOperators
        guard let verb = verbs.first(where: { $0.rawValue == view.verb }) else {
            throw wrong(\.verb, "One of \(verbs.map(\.rawValue).joined(separator: ", ")).")
        }
        var scope = OrderScope()
        for id in view.ids ?? [] {
            guard let delivery = DeliveryID(id) else { throw wrong(\.ids, "A list of deliveries: D-….") }
            scope.deliveries.append(delivery)
        }
        scope.deliveries = Set(scope.deliveries).sorted()
        do throws(FilterWords.WordError) {
            scope.words = try FilterWords(json: view.filter ?? JSONObject())
            try scope.words.check()
        } catch { throw wrong(\.filter, error.detail) }
        if !scope.deliveries.isEmpty, !scope.words.isEmpty { throw wrong(\.filter, "Name deliveries, or a filter.") }
        if let expect = view.expect, expect < 0 { throw wrong(\.expect, "A number of deliveries.") }
        scope.isFresh = (verb == .retry || verb == .release) && view.isFresh ?? false
        var order = Order(verb: verb, scope: scope, why: why, actor: actor)
        order.isDryRun = view.isDryRun ?? false
        order.expect = view.expect
        order.isConfirmed = view.isConfirmed ?? false
        return order
    }
}
