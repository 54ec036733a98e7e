package enum DatabaseFault: Equatable, Sendable {
    /// No space for what is new; nothing happened.
    case full
    /// What is stored cannot be read, in the engine's own words.
    case damage(String)
    /// A constraint refused a row; the statement did nothing, the transaction goes on.
    case constraint
    /// Going on could lose data: the process has to stop.
    case fatal
    /// The limit of ``Session/withTimeLimit(_:_:)`` has passed.
    case timeLimit
    case other
}
