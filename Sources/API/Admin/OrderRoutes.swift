import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

/// Bulk orders about deliveries, and the log of all orders.
struct OrderRoutes {
    /// Ten thousand named deliveries.
    private static let bodyBytesMax = 512 * 1024
    /// What is not over by then is answered as running.
    private static let patience = Duration.seconds(10)
    private static let operationsMax = 1000

    let services: APIServices

    var routes: [Route] {
        [
            Route(.post, "/admin/orders") { try await give($0) },
            Route(.get, "/admin/operations") { try await list($0) },
            Route(.get, "/admin/operations/{id}") { try await show($0) },
            Route(.post, "/admin/operations/{id}/cancel") { try await cancel($0) },
        ]
    }

    private func runner() throws(Problem) -> OrderRunner {
        guard let runner = services.orders else { throw Problem(.notBuilt, "Nothing here carries out orders.") }
        return runner
    }

    private func give(_ call: Call) async throws -> Response {
        let runner = try runner()
        let body = try await OrderBody.read(call, services, needsWhy: false, bytesMax: Self.bodyBytesMax)
        let order = try OrderReader(body: body).order()
        do throws(OrderRefusal) {
            let report = try await runner.give(order, patience: Self.patience)
            return .json(report.state == "running" ? .accepted : .ok, .object(report.json))
        } catch { throw problem(error) }
    }

    private func problem(_ refusal: OrderRefusal) -> Problem {
        func invalid(_ member: String, _ code: String, _ detail: String) -> Problem {
            let error = FieldError(JSONPointer.root.member(member), code, detail)
            return Problem(.invalidOrder, "The order is wrong.", errors: [error])
        }
        func refused(_ code: String, _ detail: String, _ report: OrderReport?) -> Problem {
            var problem = Problem(.orderRefused, detail)
            problem.members["refusal"] = .string(code)
            problem.members["order"] = report.map { .object($0.json) }
            return problem
        }
        switch refusal {
        case .noFilter: return refused("noFilter", "An order names deliveries or a filter.", nil)
        case .needsWhy: return invalid("why", "missing", "Say why; it goes to the audit log.")
        case .tooManyDeliveries:
            return invalid("ids", "tooMany", "At most \(Order.deliveriesMax) deliveries; use a filter.")
        case .needsConfirmation(let report):
            return refused("needsYes", "It would change \(report.eligible) deliveries: say yes.", report)
        case .expectExceeded(let report):
            return refused("expectExceeded", "It would change \(report.eligible) deliveries.", report)
        case .wholeEventOnly: return invalid("filter", "wholeEventOnly", "Name one event, and nothing else.")
        case .eventEnded:
            var problem = Problem(.eventEnded, "Nothing of it waits, and what was accepted cannot be recalled.")
            problem.members["refusal"] = "eventEnded"
            return problem
        case .nothingMatched: return Problem(.nothingMatched, "No delivery matches.")
        case .filter(.unknown(let name, _, _)): return Problem(.nothingMatched, "\(name.rawValue) names nothing.")
        case .filter(let problem): return invalid("filter", "malformed", problem.detail)
        case .store(let error): return Problem(error, limits: services.limits)
        }
    }

    private func list(_ call: Call) async throws -> Response {
        let limit = call.query("limit").map { Int($0) } ?? 100
        guard let limit, (1...Self.operationsMax).contains(limit) else {
            throw Problem(.invalidParameter, "limit is from 1 to \(Self.operationsMax).")
        }
        let after = call.query("after").map { OperationName.number($0) }
        guard after != .some(nil) else { throw Problem(.invalidParameter, "after is an operation: O-17.") }
        let found = try await read { try $0.operations(before: after ?? nil, limit: limit + 1) }
        let shown = found.prefix(limit)
        return .json(
            .ok,
            [
                "at": .string(services.time.now().rfc3339), "source": "live",
                "items": .array(shown.map { .object($0.json) }), "total": .null,
                "next": found.count > limit
                    ? shown.last.map { .string(OperationName.text($0.id)) } ?? .null : .null,
            ]
        )
    }

    private func show(_ call: Call) async throws -> Response {
        let id = try number(call)
        guard let operation = try await read({ try $0.operation(id) }) else { throw Self.unknown }
        return .json(.ok, .object(operation.json))
    }

    private func cancel(_ call: Call) async throws -> Response {
        let id = try number(call)
        let body = try await OrderBody.read(call, services, needsWhy: false)
        let runner = try runner()
        let operation: StoredOperation?
        do throws(StoreError) {
            operation = try await runner.cancel(id, actor: body.actor, why: body.why)
        } catch { throw Problem(error, limits: services.limits) }
        guard let operation else { throw Self.unknown }
        return .json(.ok, .object(operation.json))
    }

    private static let unknown = Problem(.unknownOperation, "There is no such operation.")

    private func number(_ call: Call) throws(Problem) -> Int64 {
        guard let id = OperationName.number(call.parameter("id")) else { throw Self.unknown }
        return id
    }

    private func read<T: Sendable>(_ body: @Sendable (QueueReader) throws -> T) async throws(Problem) -> T {
        do throws(StoreError) { return try await services.queueReader.read(body) } catch {
            throw Problem(error, limits: services.limits)
        }
    }
}
