package import Domain

/// A publisher that waits to be told how an event stands.
package struct DueCallback: Hashable, Sendable {
    package var event: EventID
    /// Made so far.
    package var attempts: Int
}
