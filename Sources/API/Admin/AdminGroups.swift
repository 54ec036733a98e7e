import Contract
import Glibc
import Hummingbird

/// The groups of this machine whose members may come to the admin socket; nil: there is no such group.
package struct AdminGroups: Hashable, Sendable {
    static let ordersName = "carillon-ops"
    static let readingName = "carillon-look"

    /// Members may give orders.
    package var orders: UInt32?
    /// Members may ask.
    package var reading: UInt32?

    package init(orders: UInt32? = nil, reading: UInt32? = nil) {
        self.orders = orders
        self.reading = reading
    }

    /// As the machine has them now.
    package static func found() -> AdminGroups {
        AdminGroups(orders: number(of: ordersName), reading: number(of: readingName))
    }

    /// In the order of their numbers.
    package var numbers: [UInt32] { [orders, reading].compactMap { $0 }.sorted() }

    private static func number(of name: String) -> UInt32? {
        var entry = group()
        var found: UnsafeMutablePointer<group>?
        // All members stand in it.
        var buffer = [CChar](repeating: 0, count: 64 * 1024)
        guard getgrnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil, entry.gr_gid != 0 else {
            return nil
        }
        return entry.gr_gid
    }
}
