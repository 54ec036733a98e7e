/// The stable words of problem answers, with their status; `/openapi.json` lists them all.
package enum ProblemCode: String, Sendable, CaseIterable {
    // 400
    case notJSON, notUTF8, tooDeep, duplicateMember, nameTooLong, malformedIdempotencyKey, malformedWebhookID
    case invalidParameter, incompleteBody, invalidToken, malformedRequest
    // 401
    case unauthenticated, invalidSignature, unsignedAttributes
    // 403
    case missingRight, forbiddenSchool, forbiddenSource, forbiddenFeed, urgentForbidden, forbiddenAccount
    // 404, 405, 408, 409
    case notFound, unknownEvent, unknownDevice, unknownLane, unknownOperation, unknownImport, unknownPerson
    case nothingMatched, methodNotAllowed
    case bodyTooSlow
    case identityConflict, staleRevision, eventEnded, eventWithdrawn, orderRefused, lanePaused, removalsNotFrozen,
        importNotHeld
    case clockNotSuspect
    // 412, 413, 415
    case preconditionFailed
    case tooLarge, tooManyEvents
    case unsupportedContentType
    // 422
    case invalidEvent, unknownDialect, notABatch, emptyBatch, batchRejected, unknownSchool, ambiguousKey
    case invalidRegistration, noLane, invalidOrder, importFailed, unknownFeed, invalidPreferences
    // 429, 431
    case rateLimited, tooManyScheduled
    case headTooLarge
    // 500, 501, 503
    case internalError
    case notBuilt
    case storeUnavailable, accountsUnavailable, importBusy, notReady, overloaded

    package var status: Int {
        switch self {
        case .notJSON, .notUTF8, .tooDeep, .duplicateMember, .nameTooLong, .malformedIdempotencyKey,
            .malformedWebhookID,
            .invalidParameter, .incompleteBody, .invalidToken, .malformedRequest:
            400
        case .unauthenticated, .invalidSignature, .unsignedAttributes: 401
        case .missingRight, .forbiddenSchool, .forbiddenSource, .forbiddenFeed, .urgentForbidden, .forbiddenAccount: 403
        case .notFound, .unknownEvent, .unknownDevice, .unknownLane, .unknownOperation, .unknownImport,
            .unknownPerson, .nothingMatched:
            404
        case .methodNotAllowed: 405
        case .bodyTooSlow: 408
        case .identityConflict, .staleRevision, .eventEnded, .eventWithdrawn, .orderRefused, .lanePaused,
            .removalsNotFrozen,
            .importNotHeld, .clockNotSuspect:
            409
        case .preconditionFailed: 412
        case .tooLarge, .tooManyEvents: 413
        case .unsupportedContentType: 415
        case .invalidEvent, .unknownDialect, .notABatch, .emptyBatch, .batchRejected, .unknownSchool,
            .ambiguousKey, .invalidRegistration, .noLane, .invalidOrder, .importFailed, .unknownFeed,
            .invalidPreferences:
            422
        case .rateLimited, .tooManyScheduled: 429
        case .headTooLarge: 431
        case .internalError: 500
        case .notBuilt: 501
        case .storeUnavailable, .accountsUnavailable, .importBusy, .notReady, .overloaded: 503
        }
    }

    /// The same for every occurrence [RFC 9457 §3.1.3].
    package var title: String {
        switch self {
        case .notJSON: "The body is not JSON"
        case .notUTF8: "The body is not UTF-8"
        case .tooDeep: "The JSON is nested too deeply"
        case .duplicateMember: "An object names a member twice"
        case .nameTooLong: "A member's name is too long"
        case .malformedIdempotencyKey: "Idempotency-Key is malformed"
        case .malformedWebhookID: "webhook-id is malformed"
        case .invalidParameter: "A parameter is wrong"
        case .incompleteBody: "The body ended early"
        case .invalidToken: "The device token is wrong"
        case .unauthenticated: "Authentication is required"
        case .invalidSignature: "The signature does not count"
        case .unsignedAttributes: "The event's attributes are not signed"
        case .missingRight: "The publisher lacks the right"
        case .forbiddenSchool: "The publisher may not speak for this school"
        case .forbiddenSource: "The publisher may not speak for this source"
        case .urgentForbidden: "The publisher may not ring through quiet hours"
        case .forbiddenAccount: "The account may not do this"
        case .notFound: "Not found"
        case .unknownEvent: "Unknown event"
        case .unknownDevice: "Unknown device"
        case .unknownLane: "Unknown lane"
        case .unknownOperation: "Unknown operation"
        case .unknownImport: "Unknown import"
        case .unknownPerson: "Unknown person"
        case .nothingMatched: "Nothing matched"
        case .malformedRequest: "The request is malformed"
        case .methodNotAllowed: "Method not allowed"
        case .bodyTooSlow: "The body came too slowly"
        case .identityConflict: "Another event has this identity"
        case .staleRevision: "The revision is not newer"
        case .eventEnded: "The event has ended"
        case .eventWithdrawn: "The event was withdrawn or replaced"
        case .orderRefused: "The order is refused"
        case .lanePaused: "An operator paused the lane"
        case .removalsNotFrozen: "The lane's removals are not frozen"
        case .importNotHeld: "The import is not held"
        case .clockNotSuspect: "The clock is not in doubt"
        case .preconditionFailed: "It has changed since it was read"
        case .tooLarge: "The body is too large"
        case .tooManyEvents: "The batch holds too many events"
        case .unsupportedContentType: "Unsupported content type"
        case .invalidEvent: "The event is wrong"
        case .unknownDialect: "The message is of no known dialect"
        case .notABatch: "The batch is no array"
        case .emptyBatch: "The batch is empty"
        case .batchRejected: "No event of the batch was accepted"
        case .unknownSchool: "Unknown school"
        case .ambiguousKey: "A key is that of several"
        case .invalidRegistration: "The registration is wrong"
        case .noLane: "No provider is configured for this device"
        case .invalidOrder: "The order is wrong"
        case .unknownFeed: "Unknown feed"
        case .forbiddenFeed: "The publisher may not deliver this feed"
        case .invalidPreferences: "The wishes are wrong"
        case .importFailed: "The delivery cannot be read"
        case .rateLimited: "Too many requests"
        case .tooManyScheduled: "Too many events are scheduled"
        case .headTooLarge: "The request's head is too large"
        case .internalError: "Internal error"
        case .notBuilt: "Not built yet"
        case .storeUnavailable: "The store cannot promise now"
        case .accountsUnavailable: "Accounts cannot be checked now"
        case .importBusy: "An import is under way"
        case .notReady: "Not ready"
        case .overloaded: "Too much is under way"
        }
    }
}
