/// The names a script may use and the answer each stands for with each provider.
enum ScriptedAnswers {
    static let names: Set<String> = Set(apnsReasons.keys).union(APNsRefusal.status.keys).union(fcmErrors.keys)
        .union(fcmErrorCodes.keys).union(WebPushAnswers.names).union(plainNames)

    private static let apnsReasons: [String: String] = [
        "unregistered": "Unregistered", "expired-token": "ExpiredToken", "bad-device-token": "BadDeviceToken",
        "device-token-not-for-topic": "DeviceTokenNotForTopic", "topic-disallowed": "TopicDisallowed",
        "invalid-provider-token": "InvalidProviderToken", "expired-provider-token": "ExpiredProviderToken",
        "too-many-provider-token-updates": "TooManyProviderTokenUpdates", "payload-too-large": "PayloadTooLarge",
        "429": "TooManyRequests", "500": "InternalServerError", "503": "ServiceUnavailable", "shutdown": "Shutdown",
    ]

    private static let fcmErrors: [String: FCMError] = [
        "unregistered": .unregistered, "bad-device-token": .invalidToken, "sender-id-mismatch": .senderIDMismatch,
        "permission-denied": .permissionDenied, "unauthenticated": .unauthenticated, "not-found": .notFound,
        "third-party-auth": .thirdPartyAuth, "payload-too-large": .tooBig, "429": .quotaExceeded, "500": .internal,
        "503": .unavailable,
    ]

    /// Google's own spelling of the same.
    private static let fcmErrorCodes: [String: FCMError] = [
        "UNREGISTERED": .unregistered, "INVALID_ARGUMENT": .invalidToken, "SENDER_ID_MISMATCH": .senderIDMismatch,
        "PERMISSION_DENIED": .permissionDenied, "UNAUTHENTICATED": .unauthenticated, "NOT_FOUND": .notFound,
        "THIRD_PARTY_AUTH_ERROR": .thirdPartyAuth, "QUOTA_EXCEEDED": .quotaExceeded, "INTERNAL": .internal,
        "UNAVAILABLE": .unavailable, "UNSPECIFIED_ERROR": .unspecified, "DEVICE_RATE_EXCEEDED": .deviceRateExceeded,
    ]

    /// Names of the ENT, of Google's token endpoint and of proxies before any of them.
    private static let plainNames: Set<String> = [
        "html", "html-502", "no-owner", "redirect", "invalid-grant", "no-access-token",
    ]

    static func apns(_ behaviour: Behaviour, apnsID: String, nowMilliseconds: Int64) -> (answer: Answer, reason: String)
    {
        let timestamp = behaviour.timestamp?.milliseconds(now: nowMilliseconds)
        switch behaviour.action {
        case .named(let word):
            let known = apnsReasons[word] ?? word
            guard APNsRefusal.status[known] != nil else { return plain(word) }
            var refusal = APNsRefusal(known)
            if refusal.status == 410 { refusal.timestamp = timestamp ?? nowMilliseconds }
            return (refusal.answer(apnsID: apnsID), known)
        case .status(let status, let reason):
            guard let reason else { return (Answer(status: status), "status \(status)") }
            let refusal = APNsRefusal(status: status, reason: reason, timestamp: timestamp)
            return (refusal.answer(apnsID: apnsID), reason)
        default: return raw(behaviour)
        }
    }

    static func fcm(_ behaviour: Behaviour) -> (answer: Answer, reason: String) {
        switch behaviour.action {
        case .named(let word):
            guard let error = fcmErrors[word] ?? fcmErrorCodes[word] else { return plain(word) }
            return (error.answer(), error.errorCode ?? error.status)
        case .status(let status, let reason):
            let error = FCMError(status, reason ?? "UNKNOWN", "Scripted answer.", errorCode: reason)
            return (error.answer(), reason ?? "status \(status)")
        default: return raw(behaviour)
        }
    }

    /// The ENT and Google's token endpoint, which have no error catalogue worth imitating beyond these names.
    static func plain(_ behaviour: Behaviour) -> (answer: Answer, reason: String) {
        switch behaviour.action {
        case .named(let word): plain(word)
        case .status(let status, let reason):
            (Answer(status: status, json: ["error": .string(reason ?? "scripted")]), reason ?? "status \(status)")
        default: raw(behaviour)
        }
    }

    /// A status and a body as they stand.
    static func raw(_ behaviour: Behaviour) -> (answer: Answer, reason: String) {
        guard case .raw(let status, let contentType, let body) = behaviour.action else {
            preconditionFailure("what is no answer is decided before one is made")
        }
        let headers = [("content-type", contentType)]
        return (Answer(status: status, headers: headers, body: Array(body.utf8)), "status \(status)")
    }

    /// A name of no catalogue of this provider.
    static func plain(_ word: String) -> (answer: Answer, reason: String) {
        switch word {
        case "html": (Answer(status: 200, html: "<html><body>Connexion</body></html>"), word)
        case "no-owner": (Answer(status: 200, json: ["login": "someone"]), word)
        case "redirect": (Answer(status: 302, headers: [("location", "/auth/login")]), word)
        case "invalid-grant": (GrantRefusal("invalid_grant", "Invalid JWT Signature.").answer, word)
        case "no-access-token": (Answer(status: 200, json: ["id_token": "e30.e30.e30"]), word)
        case "html-502": (Answer(status: 502, html: "<html><body><h1>502 Bad Gateway</h1></body></html>"), word)
        default:
            // A status such as 503, or a name that means nothing to this provider: its own server error.
            (Answer(status: Int(word) ?? 500, html: "<html><body>\(word)</body></html>"), word)
        }
    }
}
