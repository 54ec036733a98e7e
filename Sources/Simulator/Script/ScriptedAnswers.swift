/// The words a script may use and the answer each stands for with each provider.
enum ScriptedAnswers {
    static let words: Set<String> = Set(apnsReasons.keys).union(fcmErrors.keys).union(plainWords)

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

    /// Words of the ENT, of Google's token endpoint and of proxies before any of them.
    private static let plainWords: Set<String> = [
        "html", "html-502", "no-owner", "redirect", "invalid-grant", "no-access-token",
    ]

    static func apns(_ behaviour: Behaviour, apnsID: String, nowMilliseconds: Int64) -> (answer: Answer, reason: String)
    {
        let headers = retryAfter(behaviour)
        switch behaviour.action {
        case .named(let word):
            guard let reason = apnsReasons[word] else { return plain(word, headers: headers) }
            var refusal = APNsRefusal(reason)
            if refusal.status == 410 { refusal.timestamp = behaviour.timestamp ?? nowMilliseconds }
            return (refusal.answer(apnsID: apnsID, headers: headers), reason)
        case .status(let status, let reason):
            guard let reason else { return (Answer(status: status, headers: headers), "status \(status)") }
            let refusal = APNsRefusal(status: status, reason: reason, timestamp: behaviour.timestamp)
            return (refusal.answer(apnsID: apnsID, headers: headers), reason)
        default: return other(behaviour)
        }
    }

    static func fcm(_ behaviour: Behaviour) -> (answer: Answer, reason: String) {
        let headers = retryAfter(behaviour)
        switch behaviour.action {
        case .named(let word):
            guard let error = fcmErrors[word] else { return plain(word, headers: headers) }
            return (error.answer(headers: headers), error.errorCode ?? error.status)
        case .status(let status, let reason):
            let error = FCMError(status, reason ?? "UNKNOWN", "Scripted answer.", errorCode: reason)
            return (error.answer(headers: headers), reason ?? "status \(status)")
        default: return other(behaviour)
        }
    }

    /// The ENT and Google's token endpoint, which have no error catalogue worth imitating beyond these words.
    static func plain(_ behaviour: Behaviour) -> (answer: Answer, reason: String) {
        switch behaviour.action {
        case .named(let word): plain(word, headers: retryAfter(behaviour))
        case .status(let status, let reason):
            (
                Answer(status: status, json: ["error": .string(reason ?? "scripted")], headers: retryAfter(behaviour)),
                reason ?? "status \(status)"
            )
        default: other(behaviour)
        }
    }

    private static func other(_ behaviour: Behaviour) -> (answer: Answer, reason: String) {
        guard case .raw(let status, let contentType, let body) = behaviour.action else {
            preconditionFailure("accept and silence are decided before an answer is made")
        }
        let headers = [("content-type", contentType)] + retryAfter(behaviour)
        return (Answer(status: status, headers: headers, body: Array(body.utf8)), "status \(status)")
    }

    private static func plain(
        _ word: String,
        headers: [(name: String, value: String)]
    ) -> (answer: Answer, reason: String) {
        switch word {
        case "html": (Answer(status: 200, html: "<html><body>Connexion</body></html>", headers: headers), word)
        case "no-owner": (Answer(status: 200, json: ["login": "someone"], headers: headers), word)
        case "redirect": (Answer(status: 302, headers: [("location", "/auth/login")] + headers), word)
        case "invalid-grant": (GrantRefusal("invalid_grant", "Invalid JWT Signature.").answer, word)
        case "no-access-token": (Answer(status: 200, json: ["id_token": "e30.e30.e30"], headers: headers), word)
        case "html-502":
            (Answer(status: 502, html: "<html><body><h1>502 Bad Gateway</h1></body></html>", headers: headers), word)
        default:
            // A status word such as 503, or a word that means nothing to this provider: its own server error.
            (Answer(status: Int(word) ?? 500, html: "<html><body>\(word)</body></html>", headers: headers), word)
        }
    }

    private static func retryAfter(_ behaviour: Behaviour) -> [(name: String, value: String)] {
        behaviour.retryAfter.map { [("retry-after", $0)] } ?? []
    }
}
