import Synchronization

/// Rows that could not be read since the start, each once, for metrics, `/healthz` and the log. From any thread.
///
/// Only faults come here, so a lock costs nothing on the path of a delivery.
package final class UnreadableRows: Sendable {
    /// Beyond so many rows they are counted, and no longer told apart.
    package static let keptMax = 1000

    private struct State {
        var rows: Set<UnreadableRowError> = []
        var counts: [UnreadableRowError.Table: Int] = [:]
        var onFound: @Sendable (UnreadableRowError) -> Void = { _ in }
    }

    private let state = Mutex(State())

    package init() {}

    /// Called once for each row, outside every lock.
    package func onFound(_ body: @escaping @Sendable (UnreadableRowError) -> Void) {
        state.withLock { $0.onFound = body }
    }

    package func note(_ row: UnreadableRowError) {
        let onFound = state.withLock { state -> (@Sendable (UnreadableRowError) -> Void)? in
            guard !state.rows.contains(row) else { return nil }
            if state.rows.count < Self.keptMax { state.rows.insert(row) }
            state.counts[row.table, default: 0] += 1
            return state.onFound
        }
        onFound?(row)
    }

    package func note(_ rows: some Sequence<UnreadableRowError>) { for row in rows { note(row) } }

    /// The rows of a list that can be read, at most `limit`, in slices until there are as many or the end has come; the others are noted.
    ///
    /// `slice`: the next rows behind a key, at most so many, each with its key.
    func listing<Value>(
        limit: Int,
        from start: Int64,
        _ slice: (_ behind: Int64, _ count: Int) throws -> [(key: Int64, row: RowResult<Value>)]
    ) throws -> [Value] {
        var found: [Value] = []
        var last = start
        while found.count < limit {
            let count = limit - found.count
            let rows = try slice(last, count)
            note(rows.compactMap(\.row.failure))
            found += rows.compactMap(\.row.value)
            guard rows.count == count, let end = rows.last?.key else { break }
            last = end
        }
        return found
    }

    /// A row that was noted can be read again or is gone: a device that registered anew, a page that was pruned.
    package func forget(_ table: UnreadableRowError.Table, where isGone: (Int64) -> Bool) {
        state.withLock { state in
            let gone = state.rows.filter { $0.table == table && isGone($0.id) }
            state.rows.subtract(gone)
            state.counts[table, default: 0] -= gone.count
        }
    }

    /// Rows by table; a table without any is not there.
    package var counts: [UnreadableRowError.Table: Int] { state.withLock { $0.counts.filter { $0.value > 0 } } }

    /// The first `limit` in the order of tables and ids.
    package func first(_ limit: Int) -> [UnreadableRowError] {
        let rows = state.withLock { $0.rows }
        return Array(rows.sorted { ($0.table.rawValue, $0.id) < ($1.table.rawValue, $1.id) }.prefix(limit))
    }
}
