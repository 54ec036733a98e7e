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
    /// Largest text of its event first.
    case size

    private func key(_ row: DeliveryRow, _ inspection: Inspection) throws -> Int64 {
        switch self {
        case .id: row.id.rawValue
        case .age: row.madeAt.milliseconds
        case .due: row.nextAt?.milliseconds ?? .max
        case .attempts: -Int64(row.attempts)
        case .size: -(try inspection.bytes(of: row.event) ?? 0)
        }
    }

    private struct Ranked {
        var key: Int64
        var row: DeliveryRow

        static func precedes(_ one: Ranked, _ other: Ranked) -> Bool {
            (one.key, one.row.id) < (other.key, other.row.id)
        }
    }

    /// The first `limit` in this order and how many there are, exactly.
    func first(_ limit: Int, of filter: QueueFilter, _ inspection: Inspection) throws -> (
        rows: [DeliveryRow], total: Int
    ) {
        let scan = DeliveryScan(inspection.queue, filter)
        var best: [Ranked] = []
        var total = 0
        var worst: Ranked?
        while let match = try inspection.next(of: scan) {
            total += match.slots.count
            // A page younger than all that are kept has nothing to add.
            if self == .age, let worst, match.header.madeAt > worst.row.madeAt { continue }
            best += try inspection.rows(of: match, in: scan).map { Ranked(key: try key($0, inspection), row: $0) }
            if best.count > limit * 2 { keep(limit, of: &best) }
            worst = best.count >= limit ? best.max(by: Ranked.precedes) : nil
        }
        inspection.warn(scan)
        keep(limit, of: &best)
        return (best.map(\.row), total)
    }

    private func keep(_ limit: Int, of ranked: inout [Ranked]) {
        ranked.sort(by: Ranked.precedes)
        if ranked.count > limit { ranked.removeLast(ranked.count - limit) }
    }
}
