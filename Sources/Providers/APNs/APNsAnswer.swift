package import Domain

/// What Apple's answers mean [Apple: handling notification responses from APNs].
package enum APNsAnswer {
    /// Apple asks to wait this long after an internal error.
    static let waitAfterInternalError = Duration.seconds(900)
    /// First wait of a device that was rung too often; the retry policy doubles it.
    static let waitOfBusyDevice = Duration.seconds(60)

    /// - Parameters:
    ///   - status: the HTTP status.
    ///   - body: empty on 200; else `{"reason":…}`, or nothing, or what a proxy says.
    ///   - retryAfter: the header's value.
    ///   - now: for a `Retry-After` that is a date.
    /// - Returns: a verdict for every answer, also for a status or reason never seen.
    package static func classify(status: Int, body: [UInt8], retryAfter: String?, now: Instant) -> Classification {
        if (200...299).contains(status) { return Classification(.accepted, status: status, reason: "accepted") }
        let answer = Body(body)
        let wait = RetryAfter.parse(retryAfter, now: now)
        let verdict =
            verdict(of: answer, status: status, wait: wait) ?? verdict(ofStatus: status, answer: answer, wait: wait)
        return Classification(verdict, status: status, reason: answer.reason ?? "http\(status)")
    }

    /// nil for a reason that is absent or new to us: then the status decides.
    private static func verdict(of answer: Body, status: Int, wait: Duration?) -> Verdict? {
        switch answer.reason {
        case "BadCollapseId", "BadExpirationDate", "BadMessageId", "BadPriority", "InvalidPushType", "DuplicateHeaders",
            "PayloadEmpty", "BadTopic", "MissingTopic", "MissingDeviceToken", "BadPath", "MethodNotAllowed",
            "PayloadTooLarge":
            .payloadRefused
        case "BadDeviceToken", "DeviceTokenNotForTopic":
            // A wrong topic or environment in our configuration says the same of every token: the mass guard tells.
            .tokenSuspect
        case "TopicDisallowed", "BadCertificate", "BadCertificateEnvironment", "InvalidProviderToken",
            "MissingProviderToken", "UnrelatedKeyIdInToken", "BadEnvironmentKeyIdInToken", "BadEnvironmentKeyInToken",
            "Forbidden":
            .credentialFault
        case "IdleTimeout", "Shutdown": .resend(.retire)
        case "ExpiredProviderToken": .resend(.renewCredential)
        case "TooManyProviderTokenUpdates": .resend(.revertCredential)
        // A token ends by a client error only, whatever a server in trouble writes into its answer.
        case "Unregistered", "ExpiredToken": (400...499).contains(status) ? .tokenDead(since: answer.timestamp) : nil
        case "TooManyRequests": .deferred(retryAfter: max(wait ?? .zero, waitOfBusyDevice))
        case "InternalServerError": .deferred(retryAfter: max(wait ?? .zero, waitAfterInternalError))
        case "ServiceUnavailable": .laneBusy(retryAfter: wait)
        default: nil
        }
    }

    private static func verdict(ofStatus status: Int, answer: Body, wait: Duration?) -> Verdict {
        switch status {
        // Apple adds reasons about provider tokens from time to time; a pause of the lane loses nothing. A redirect is
        // no answer of Apple's at all: the endpoint is wrong.
        case 300...399, 401, 403: .credentialFault
        // The status alone says that the token is gone; but not from somebody who does not speak Apple's JSON.
        case 410: answer.isForeign ? .tokenSuspect : .tokenDead(since: answer.timestamp)
        case 408: .ambiguous
        case 429: .deferred(retryAfter: max(wait ?? .zero, waitOfBusyDevice))
        case 400...499: .payloadRefused
        case 500: .deferred(retryAfter: max(wait ?? .zero, waitAfterInternalError))
        case 503: .laneBusy(retryAfter: wait)
        case 500...599: .deferred(retryAfter: wait)
        default: .ambiguous
        }
    }

    /// `{"reason":"…","timestamp":<milliseconds>}`
    private struct Body {
        var reason: String?
        /// 410 only: since when the token is not valid.
        var timestamp: Instant?
        /// There is a body and it is not an object of JSON.
        var isForeign = false

        init(_ bytes: [UInt8]) {
            guard !bytes.isEmpty else { return }
            let object: JSONObject?
            do {
                object = try JSONParser.parse(bytes, depthMax: 8).object
            } catch {
                // Not JSON is an answer too (a proxy's page): the status classifies it.
                object = nil
            }
            isForeign = object == nil
            reason = ReasonWord.checked(object?["reason"]?.string)
            timestamp = object?["timestamp"]?.int64.map { Instant(milliseconds: $0) }
        }
    }
}
