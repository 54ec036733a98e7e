import Domain
import Synchronization

/// The credential a request went out with, by a number that is never used again in this process: an answer that refuses it refuses this
/// one, not a newer one.
package struct UsedCredential: Hashable, Sendable {
    package let number: Int

    /// Of a provider that never asks for another.
    package static let only = UsedCredential(number: 0)

    package init(number: Int) { self.number = number }

    /// A number for a new credential, 1 and up.
    static func next() -> UsedCredential {
        UsedCredential(number: count.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    private static let count = Atomic(0)
}
