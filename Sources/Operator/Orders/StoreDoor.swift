import Domain
import Logging
import Pipeline
import Settings
import Store

/// The store itself, while no service runs: takes the lock of the data folder for one order.
struct StoreDoor: OrderDoor {
    let settings: Settings

    func give(_ order: Order) async throws -> JSONObject {
        let context = OperatorContext.current
        let stores = OfflineStores(settings: settings)
        return try await stores.withQueue(held: stores.refused) { try await carryOut(order, $0, context) }
    }

    func operation(_ name: String) async -> JSONObject? { nil }

    private func carryOut(_ order: Order, _ queue: QueueStore, _ context: OperatorContext) async throws -> JSONObject {
        let runner: OrderRunner
        do {
            runner = try OrderRunner(
                queue: queue,
                stores: SQLiteStores(folder: settings.data),
                gate: .none,
                time: context.time,
                logger: Logger(label: "orders", factory: { _ in SwiftLogNoOpLogHandler() })
            )
        } catch {
            throw OperatorFailure.store(error, in: settings.data)
        }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await runner.run() }
            defer { runner.stop() }
            do throws(OrderRefusal) {
                // Nobody else waits: the lock is ours until it is over.
                return try await runner.give(order, patience: .seconds(86_400)).json
            } catch { throw failure(error, order) }
        }
    }

    private func failure(_ refusal: OrderRefusal, _ order: Order) -> OperatorFailure {
        switch refusal {
        case .noFilter: OperatorFailure(.refused, "an order without a filter would be about everything")
        case .needsWhy: OperatorFailure(.usage, "--why is needed to \(order.verb)")
        case .needsConfirmation(let report): OrderText.needsYes(Int64(report.eligible), order)
        case .expectExceeded(let report): OrderText.expectExceeded(Int64(report.eligible), order)
        case .nothingMatched: OperatorFailure(.nothing, "nothing matched: \(order.scope.description)")
        case .wholeEventOnly: OperatorFailure(.usage, "only a whole event is withdrawn")
        case .eventEnded(let event): OrderText.eventEnded(event.description)
        case .tooManyDeliveries: OperatorFailure(.usage, "more than \(Order.deliveriesMax) deliveries; use a filter")
        case .filter(let problem): OperatorFailure(.nothing, problem.sentence, why: problem.known, next: problem.next)
        case .store(let error): OperatorFailure.store(error, in: settings.data)
        }
    }
}
