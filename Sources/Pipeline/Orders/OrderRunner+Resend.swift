import Domain
import Store
import Synchronization

/// Resends: orders that make deliveries instead of changing those there are.
extension OrderRunner {
    func countMissing(_ order: Order) async throws(OrderRefusal) -> OrderReport {
        guard let expander else { throw .needsService }
        guard let id = order.scope.wholeEvent else { throw .wholeEventOnly }
        let missing: Expander.Missing?
        let event: StoredEvent?
        do {
            event = try reader.event(id)
            missing = try await expander.missing(of: id)
        } catch { throw .store(StoreError(error)) }
        guard let missing, let event else { throw .nothingMatched }
        guard event.ending == nil else { throw .eventWithdrawn(id) }
        var report = OrderReport(verb: order.verb, filter: order.scope.description)
        (report.matched, report.eligible) = (missing.deliveries, missing.deliveries)
        if missing.deliveries > 0 { report.byEvent = [(id, missing.deliveries)] }
        return report
    }

    /// False: cancelled.
    func resend(_ operation: StoredOperation, _ scope: OrderScope) async throws -> Bool {
        // Nobody sends here: it goes on with the service.
        guard let expander else { throw StoreError.stopped }
        guard let id = scope.wholeEvent else { throw UnreadableRowError(.operation, operation.id, .damaged) }
        guard let resend = try await expander.resend(of: id) else { return true }
        var cursor = Resend.Cursor(part: 0, person: PersonID(rawValue: operation.cursor.rawValue))
        while !cancelled.contains(operation.id) {
            if isStopping.withLock({ $0 }) { throw StoreError.stopped }
            guard let next = try await expander.resend(resend, operation: operation.id, behind: cursor) else {
                return true
            }
            cursor = next
        }
        return false
    }
}
