import Delivery
import Synchronization

/// The lanes as registrations look them up; replaced as a whole by a reload.
final class SharedLaneTable: Sendable {
    private let table: Mutex<LaneTable>

    init(_ table: LaneTable) { self.table = Mutex(table) }

    var value: LaneTable { table.withLock { $0 } }

    func replace(_ table: LaneTable) { self.table.withLock { $0 = table } }
}
