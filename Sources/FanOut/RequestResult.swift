/// How a request ended. Exactly one per ticket.
package enum RequestResult {
    /// The peer answered, with whatever status.
    case answered(Answer)
    /// Certainly not processed by the peer: sending again costs nothing and cannot double.
    case notProcessed(NotProcessed)
    /// The peer may or may not have acted.
    case ambiguous(Ambiguity)
}
