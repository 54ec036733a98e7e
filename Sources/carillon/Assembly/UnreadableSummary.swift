import Contract
import Store

/// Rows that cannot be read, as `/healthz` says it.
struct UnreadableSummary {
    private static let rowsMax = 20

    private let counts: [UnreadableRowError.Table: Int]
    private let rows: [UnreadableRowError]

    init(_ unreadable: UnreadableRows) {
        counts = unreadable.counts
        rows = unreadable.first(Self.rowsMax)
    }

    private var total: Int { counts.values.reduce(0, +) }

    /// nil: everything that was read can be read.
    var alarm: String? {
        guard total > 0 else { return nil }
        return "\(total) rows of the store cannot be read (carillon doctor): \(rows[0])"
    }

    var view: UnreadableView {
        var view = UnreadableView()
        view.total = total
        for table in UnreadableRowError.Table.allCases { view.tables[table.rawValue] = counts[table] }
        view.rows = rows.map { "\($0)" }
        return view
    }
}
