/// A page: up to ``Limits/deliveriesPerPage`` deliveries of one event on one lane. Never reused.
package struct PageID: Hashable, Comparable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }

    package static func < (lhs: PageID, rhs: PageID) -> Bool { lhs.rawValue < rhs.rawValue }
}
