/// What is wrong with a push, or with the service, in no dialect yet; ``WebPushAnswers`` has the words of each.
package struct WebPushFault: Error, Hashable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        case badPath, methodNotAllowed, unknownSubscription, gone
        // VAPID (RFC 8292).
        case missingAuthorization, badAuthorization, badPublicKey, badToken, badAudience, badExpiry, badSubject
        case keyMismatch
        // Headers (RFC 8030 §5).
        case missingTTL, badTTL, badUrgency, badTopic, badEncoding, duplicateHeader
        // Body (RFC 8188, RFC 8291). A real service cannot see the last one: its browser drops the push without a word.
        case emptyBody, tooLarge, badLayout, undecryptable
        // Only a script's.
        case tooManyRequests, throttled, internalError, unavailable
    }

    package var kind: Kind
    /// For the log only. Never sent.
    package var detail: String

    package init(_ kind: Kind, _ detail: String = "") {
        self.kind = kind
        self.detail = detail
    }
}
