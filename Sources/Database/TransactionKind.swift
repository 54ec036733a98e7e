package enum TransactionKind: Sendable {
    /// A consistent view for readers; takes no lock before its first read.
    case deferred
    /// Takes the write lock at once.
    case immediate
}
