/// What a provider's answer means for one delivery: the answer's class with its scope, and nothing about transport.
///
/// Every famous loss in this field is a scope mistake (a credential error read as "token is dead"), so each scope has
/// a case of its own (providers facts, table 1.6 and 2.4).
package enum Verdict: Hashable, Sendable {
    /// The provider accepted it; all we ever know.
    case accepted
    /// The provider says this token is gone. `since`: the instant it names (APNs 410 `timestamp`), to be compared with the
    /// registration before anything is removed.
    case tokenDead(since: Instant?)
    /// Malformed token, wrong environment or wrong project: stop using it, remove nothing yet.
    case tokenSuspect
    /// This message can never be accepted: our fault or the event's; alarm, never retry.
    case payloadRefused
    /// Credential, project or topic refused: pause the lane, keep every delivery, touch no token.
    case credentialFault
    /// The credential of one platform inside the provider's project (its owner's key towards another provider): those devices wait, the rest goes on.
    case platformFault
    /// Not this connection: send again at once on another. Not an attempt.
    case resend(ConnectionAdvice)
    /// The provider as a whole says "not now": the lane waits. Not an attempt of this delivery.
    case laneBusy(retryAfter: Duration?)
    /// This delivery (or this device) must wait: counts as an attempt.
    case deferred(retryAfter: Duration?)
    /// The answer was lost after the request may have been processed: send again with the same identifiers; an attempt.
    case ambiguous

    /// What to do with the connection that met a `resend`.
    package enum ConnectionAdvice: Hashable, Sendable {
        /// Nothing is wrong with it.
        case keep
        /// No new request on it; close when idle.
        case retire
        /// Renew the credential first, then send once more on a new connection; a second such answer is a credential fault.
        case renewCredential
        /// Go back to the previous provider token on this connection (APNs TooManyProviderTokenUpdates).
        case revertCredential
    }

    /// Why a delivery ends that is refused for good; nil for every other answer.
    package var rejection: Reason? {
        switch self {
        case .tokenDead: .tokenGone
        case .tokenSuspect: .tokenSuspect
        case .payloadRefused: .payloadRefused
        case .accepted, .credentialFault, .platformFault, .resend, .laneBusy, .deferred, .ambiguous: nil
        }
    }
}
