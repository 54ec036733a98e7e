/// What a request to publish holds.
package enum EventSubmission: Hashable, Sendable {
    case one(ParsedEvent)
    /// One result per element, in order; a wrong one does not spoil the others. Never empty.
    case batch([Result<ParsedEvent, EventRefusal>])
}
