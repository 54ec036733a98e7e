import Domain
import Synchronization

/// How many times anybody's wishes have changed since the start: who has looked at an older number looks again.
package final class WishChanges: Sendable {
    private let count = Atomic(0)

    package var number: Int { count.load(ordering: .acquiring) }

    func note() { count.wrappingAdd(1, ordering: .releasing) }
}
