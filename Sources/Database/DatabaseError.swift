/// What an engine throws, sorted by what the caller can do about it.
package protocol DatabaseError: Error {
    var fault: DatabaseFault { get }
}

package enum DatabaseFault: Sendable {
    /// No space for what is new; nothing happened.
    case full
    /// What is stored cannot be read, in the engine's own words.
    case damage(String)
    /// Going on could lose data: the process has to stop.
    case fatal
    /// The limit of ``Session/withTimeLimit(_:_:)`` has passed.
    case timeLimit
    case other
}
