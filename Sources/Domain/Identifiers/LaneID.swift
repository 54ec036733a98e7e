/// A lane's number in `queue.db`. Lane 0 is "nowhere": it records who gets nothing, and why.
package struct LaneID: Hashable, Comparable, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static let nowhere = LaneID(rawValue: 0)

    package static func < (lhs: LaneID, rhs: LaneID) -> Bool { lhs.rawValue < rhs.rawValue }
}
