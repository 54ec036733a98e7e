import Synchronization

/// The lanes as registrations look them up; replaced as a whole by a reload.
package final class SharedLaneTable: Sendable {
    private let table: Mutex<LaneTable>

    package init(_ table: LaneTable) { self.table = Mutex(table) }

    package var value: LaneTable { table.withLock { $0 } }

    package func replace(_ table: LaneTable) { self.table.withLock { $0 = table } }
}
