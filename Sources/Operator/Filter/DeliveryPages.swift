import Domain
import Store

/// Deliveries a page at a time for ``ListOptions``: goes on with the same scan as long as it is asked for what comes next.
final class DeliveryPages {
    private let inspection: Inspection
    private let filter: QueueFilter
    private var scan: DeliveryScan?
    private var rest: ArraySlice<DeliveryRow> = []
    private var last: DeliveryID?

    init(_ inspection: Inspection, _ filter: QueueFilter) {
        self.inspection = inspection
        self.filter = filter
    }

    func next(after: DeliveryID?, limit: Int) throws -> [DeliveryRow] {
        if scan == nil || after != last {
            scan = DeliveryScan(inspection.queue, filter, after: after)
            rest = []
        }
        guard let scan else { return [] }
        var rows: [DeliveryRow] = []
        while rows.count < limit {
            if let row = rest.popFirst() {
                rows.append(row)
                continue
            }
            guard let match = try inspection.next(of: scan) else { break }
            rest = try inspection.rows(of: match, in: scan)[...]
        }
        last = rows.last?.id
        return rows
    }

    /// Says what could not be read, if anything.
    func warn() { scan.map(inspection.warn) }
}

extension Inspection {
    /// One step of a scan, bounded.
    func next(of scan: DeliveryScan) throws -> PageMatch? { try ask { _ in try scan.next() } }

    /// The deliveries of a match; none when its page went bad since.
    func rows(of match: PageMatch, in scan: DeliveryScan) throws -> [DeliveryRow] {
        try ask { _ in try scan.rows(of: match) }
    }

    func warn(_ scan: DeliveryScan) {
        guard !scan.damaged.isEmpty else { return }
        let pages = scan.damaged.prefix(5).map { "\($0.rawValue)" }.joined(separator: ", ")
        OperatorContext.current.talk(
            say(
                "carillon: \(scan.damaged.count) pages cannot be read and are left out (\(pages)); try: carillon doctor"
            )
        )
    }
}
