package import Domain

/// What the answers of push services mean [RFC 8030 §5; Mozilla: autopush error codes; Apple: sending web push
/// notifications].
///
/// A lane is one push service, so a verdict about the lane never reaches beyond its host.
package enum WebPushAnswer {
    /// Wait of a subscription that was rung too often, when the service names none.
    static let waitOfBusySubscription = Duration.seconds(60)

    /// - Parameters:
    ///   - status: the HTTP status.
    ///   - body: Mozilla's or Apple's JSON, Firebase's text or page, or nothing; only its first 4 KiB are looked at.
    ///   - retryAfter: the header's value.
    ///   - host: the endpoint's, for what one service alone means by a status.
    ///   - now: for a `Retry-After` that is a date.
    /// - Returns: a verdict for every answer, also for a status or reason never seen.
    package static func classify(
        status: Int,
        body: [UInt8],
        retryAfter: String?,
        host: String,
        now: Instant
    ) -> Classification {
        // 200, 202 and 204 as well as the standard's 201: services vary.
        if (200...299).contains(status) { return Classification(.accepted, status: status, reason: "accepted") }
        let error = WebPushErrorBody(body)
        let wait = RetryAfter.parse(retryAfter, now: now)
        let verdict = verdict(status: status, error: error, wait: wait, host: host)
        return Classification(verdict, status: status, reason: error.reason ?? "http\(status)")
    }

    private static func verdict(status: Int, error: WebPushErrorBody, wait: Duration?, host: String) -> Verdict {
        switch status {
        // Never followed: the address we checked is the only one we call.
        case 300...399: .payloadRefused
        case 400: badRequest(error)
        // The subscription was made with another key than ours. That may be true of one browser, which anybody can
        // bring about, and must not stop the others; when it is true of many, the mass guard tells.
        case 401 where error.namesOtherKey, 403 where error.namesOtherKey: .tokenSuspect
        case 401, 403: .credentialFault
        // Apple's word for a path it does not know; nothing is said about the subscription's life.
        case 404 where error.word == "BadPath": .tokenSuspect
        case 404, 410: .tokenDead(since: nil)
        case 406 where WebPushRequest.isWindows(host): .deferred(retryAfter: wait ?? waitOfBusySubscription)
        case 408: .ambiguous
        // The rate of one subscription [UnifiedPush SERV 1.2.0], not of the service.
        case 429: .deferred(retryAfter: wait ?? waitOfBusySubscription)
        case 400...499: .payloadRefused
        case 500...599 where error.word == "Shutdown": .resend(.retire)
        // "Retry immediately": the subscription's node was lost in this moment.
        case 500...599 where error.errno == 202: .resend(.keep)
        case 500...599: .deferred(retryAfter: wait)
        default: .ambiguous
        }
    }

    private static func badRequest(_ error: WebPushErrorBody) -> Verdict {
        if error.namesOtherKey { return .tokenSuspect }
        if error.namesCredential { return .credentialFault }
        switch error.word {
        case "IdleTimeout": return .resend(.retire)
        case "BadDeviceToken", "DeviceTokenNotForTopic", "BadPath": return .tokenSuspect
        default: break
        }
        // The path names no router of Mozilla's: the endpoint is damaged, the message is not.
        return error.errno == 108 ? .tokenSuspect : .payloadRefused
    }
}
