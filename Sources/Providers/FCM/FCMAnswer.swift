package import Domain

/// What Firebase's answers mean [FCM: ErrorCode; error codes of the HTTP v1 API].
package enum FCMAnswer {
    /// Wait after 429 without `Retry-After`, "exponential back-off with a minimum initial delay of 1 minute".
    static let waitAfterQuota = Duration.seconds(60)

    /// - Parameters:
    ///   - status: the HTTP status.
    ///   - body: `google.rpc.Status` on errors, or a proxy's page.
    ///   - retryAfter: the header's value.
    ///   - now: for a `Retry-After` that is a date.
    /// - Returns: a verdict for every answer, also for a status or reason never seen.
    package static func classify(status: Int, body: [UInt8], retryAfter: String?, now: Instant) -> Classification {
        if (200...299).contains(status) { return Classification(.accepted, status: status, reason: "accepted") }
        let error = FCMErrorBody(body)
        let wait = RetryAfter.parse(retryAfter, now: now)
        return Classification(
            verdict(status: status, error: error, wait: wait),
            status: status,
            reason: error.errorCode ?? error.status ?? "http\(status)"
        )
    }

    private static func verdict(status: Int, error: FCMErrorBody, wait: Duration?) -> Verdict {
        switch status {
        // A redirect is no answer of Google's API: the endpoint is wrong.
        case 300...399: .credentialFault
        // Only this word ends a token. Google names no instant: the caller takes the time of its sending.
        case 400...499 where error.errorCode == "UNREGISTERED": .tokenDead(since: nil)
        case 400: badRequest(error)
        // The APNs key or web push key inside the Firebase project: Android is not concerned.
        case 401 where error.errorCode == "THIRD_PARTY_AUTH_ERROR": .platformFault
        case 401: .resend(.renewCredential)
        case 403 where error.errorCode == "SENDER_ID_MISMATCH": .tokenSuspect
        // PERMISSION_DENIED (API switched off, role missing), or a project or address that does not exist.
        case 403, 404: .credentialFault
        case 408: .ambiguous
        case 429 where error.blamesDeviceRate: .deferred(retryAfter: wait ?? waitAfterQuota)
        case 429: .laneBusy(retryAfter: wait ?? waitAfterQuota)
        case 400...499: .payloadRefused
        case 503: .laneBusy(retryAfter: wait)
        case 500...599: .deferred(retryAfter: wait)
        default: .ambiguous
        }
    }

    /// A token is doubted only when Firebase blames it and nothing else: a bad message to many parents must not cost
    /// their tokens.
    private static func badRequest(_ error: FCMErrorBody) -> Verdict {
        if error.blamesMessage { return .payloadRefused }
        if !error.violatedFields.isEmpty {
            let blamesTarget = error.violatedFields.allSatisfy { $0 == "message.token" || $0 == "message.fid" }
            return blamesTarget ? .tokenSuspect : .payloadRefused
        }
        if let reason = error.apnsReason {
            return reason == "BadDeviceToken" || reason == "DeviceTokenNotForTopic" ? .tokenSuspect : .payloadRefused
        }
        return error.errorCode == "INVALID_ARGUMENT" ? .tokenSuspect : .payloadRefused
    }
}
