import ArgumentParser
import Domain
import Store

/// Orders of a list of deliveries other than that of the ids: the whole scan is read, the best are kept.
enum DeliveryOrder: String, CaseIterable, ExpressibleByArgument {
    case id
    /// Oldest first.
    case age
    /// Due soonest first; what is not deferred comes last.
    case due
    /// Most attempts first.
    case attempts

    private func key(_ row: DeliveryRow) -> Int64 {
        switch self {
        case .id: row.id.rawValue
        case .age: row.madeAt.milliseconds
        case .due: row.nextAt?.milliseconds ?? .max
        case .attempts: -Int64(row.attempts)
        }
    }

    /// The first `limit` in this order and how many there are, exactly.
    func first(_ limit: Int, of filter: QueueFilter, _ inspection: Inspection) throws -> (
        rows: [DeliveryRow], total: Int
    ) {
        let scan = DeliveryScan(inspection.queue, filter)
        var best: [DeliveryRow] = []
        var total = 0
        var worst: DeliveryRow?
        while let match = try inspection.next(of: scan) {
            total += match.slots.count
            // A page younger than all that are kept has nothing to add.
            if self == .age, let worst, best.count >= limit, match.header.madeAt > worst.madeAt { continue }
            best += try inspection.rows(of: match, in: scan)
            if best.count > limit * 2 { keep(limit, of: &best) }
            worst = best.count >= limit ? best.max(by: precedes) : nil
        }
        inspection.warn(scan)
        keep(limit, of: &best)
        return (best, total)
    }

    private func keep(_ limit: Int, of rows: inout [DeliveryRow]) {
        rows.sort(by: precedes)
        if rows.count > limit { rows.removeLast(rows.count - limit) }
    }

    private func precedes(_ one: DeliveryRow, _ other: DeliveryRow) -> Bool {
        (key(one), one.id) < (key(other), other.id)
    }
}
