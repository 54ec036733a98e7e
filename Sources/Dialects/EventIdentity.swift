/// By what a repetition of an event is recognised, in the order of preference; always together with the publisher.
package enum EventIdentity: Hashable, Sendable {
    case event(source: String, id: String)
    case idempotencyKey(String)
    case webhookID(String)
    /// Only the bytes, for a short time (60 s).
    case bytes
}
