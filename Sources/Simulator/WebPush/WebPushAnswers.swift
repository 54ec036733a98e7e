/// How each push service says no.
enum WebPushAnswers {
    /// What a script may say for Web Push: every kind of defect, Apple's reasons, and the words shared by all providers.
    static let words: Set<String> = Set(WebPushFault.Kind.allCases.map(\.rawValue)).union(shared.keys)
        .union(appleReasons.keys)

    private static let shared: [String: WebPushFault.Kind] = [
        "unregistered": .gone, "expired-token": .gone, "not-found": .unknownSubscription,
        "bad-device-token": .unknownSubscription, "unauthenticated": .missingAuthorization,
        "permission-denied": .badToken, "invalid-provider-token": .badToken, "expired-provider-token": .badExpiry,
        "payload-too-large": .tooLarge, "429": .tooManyRequests, "500": .internalError, "503": .unavailable,
    ]

    /// Reasons of `web.push.apple.com` and their status.
    private static let appleReasons: [String: Int] = [
        "BadJwtToken": 403, "VapidPkHashMismatch": 403, "BadAuthorizationHeader": 403, "BadVapidPublicKey": 403,
        "BadTtl": 400, "BadUrgency": 400, "BadWebPushRequest": 400, "BadWebPushTopic": 400, "IdleTimeout": 400,
        "BadPath": 404, "MethodNotAllowed": 405, "Unregistered": 410, "PayloadTooLarge": 413, "TooManyRequests": 429,
        "InternalServerError": 500, "ServiceUnavailable": 503, "Shutdown": 503,
    ]

    static func answer(_ defect: WebPushFault.Kind, service: PushService) -> Answer {
        let row = row(defect)
        switch service {
        case .mozilla: return mozilla(row.status, errno: row.errno, message: row.text)
        case .apple:
            // Apple refuses whatever is wrong with the credential with 403.
            let status = appleReasons[row.apple] ?? row.status
            return Answer(status: status, json: ["reason": .string(row.apple)], headers: [appleID])
        case .fcm:
            return Answer(
                status: row.status == 401 && defect != .missingAuthorization ? 403 : row.status,
                headers: [("content-type", "text/plain; charset=utf-8")],
                body: Array(row.text.utf8)
            )
        case .wns:
            return Answer(
                status: row.status,
                headers: [("x-wns-status", "dropped"), ("x-wns-error-description", row.text)]
            )
        case .unifiedpush:
            // Neither a body nor a difference between never and no more.
            return Answer(status: row.status == 410 ? 404 : row.status)
        }
    }

    /// 201, with what each service adds to it.
    static func accepted(service: PushService, location: String, ttl: Int64, topic: String?) -> Answer {
        var headers = [("location", location)]
        switch service {
        case .mozilla: headers.append(("ttl", String(min(ttl, 30 * 86_400))))
        case .apple: headers.append(appleID)
        case .wns: headers += [("x-wns-status", "received"), ("x-wns-notificationstatus", "received")]
        case .unifiedpush: headers.append(("ttl", "0"))
        case .fcm: break
        }
        return Answer(status: 201, headers: headers)
    }

    static func scripted(_ behaviour: Behaviour, service: PushService) -> (answer: Answer, reason: String) {
        switch behaviour.action {
        case .named(let word):
            if let kind = shared[word] ?? WebPushFault.Kind(rawValue: word) {
                return (answer(kind, service: service), kind.rawValue)
            }
            guard let status = appleReasons[word] else { return ScriptedAnswers.plain(word) }
            return (Answer(status: status, json: ["reason": .string(word)], headers: [appleID]), word)
        case .status(let status, let reason):
            let word = reason ?? "status \(status)"
            switch service {
            case .mozilla: return (mozilla(status, errno: reason.flatMap(Int64.init) ?? 999, message: word), word)
            case .apple: return (Answer(status: status, json: ["reason": .string(reason ?? "Unknown")]), word)
            case .fcm: return (Answer(status: status, html: word), word)
            case .wns: return (Answer(status: status, headers: [("x-wns-error-description", word)]), word)
            case .unifiedpush: return (Answer(status: status), word)
            }
        default: return ScriptedAnswers.raw(behaviour)
        }
    }

    private static var appleID: (name: String, value: String) { ("apns-id", RandomIdentifier.uuid().uppercased()) }

    private static func mozilla(_ status: Int, errno: Int64, message: String) -> Answer {
        // Autopush lets its answer for a dead endpoint be kept for a day.
        let headers = status == 410 ? [("cache-control", "max-age=86400")] : []
        return Answer(
            status: status,
            json: [
                "code": .integer(Int64(status)), "errno": .integer(errno), "error": .string(phrases[status] ?? "Error"),
                "message": .string(message),
            ],
            headers: headers
        )
    }

    private static let phrases = [
        400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable",
        410: "Gone", 413: "Payload Too Large", 429: "Too Many Requests", 500: "Internal Server Error",
        503: "Service Unavailable",
    ]

    /// Status of most, Mozilla's errno, Apple's reason, a sentence (FCM's own where it is known).
    private static func row(_ kind: WebPushFault.Kind) -> (status: Int, errno: Int64, apple: String, text: String) {
        switch kind {
        case .badPath: (404, 102, "BadPath", "Not found")
        case .methodNotAllowed: (405, 999, "MethodNotAllowed", "Method not allowed")
        case .unknownSubscription: (404, 102, "BadPath", "Request did not validate: invalid endpoint")
        case .gone: (410, 106, "Unregistered", "push subscription has unsubscribed or expired.")
        case .missingAuthorization: (401, 109, "BadAuthorizationHeader", "authorization header must be specified.")
        case .badAuthorization:
            (401, 109, "BadAuthorizationHeader", "crypto-key or authorization header had invalid format.")
        case .badPublicKey: (401, 109, "BadVapidPublicKey", "invalid key in the authorization header.")
        case .badToken: (401, 109, "BadJwtToken", "invalid JWT provided")
        case .badAudience: (401, 109, "BadJwtToken", "aud claim in the VAPID JWT does not match the push service.")
        case .badExpiry:
            (401, 109, "BadJwtToken", "exp claim MUST NOT be more than 24 hours from the time of the request.")
        case .badSubject: (401, 109, "BadJwtToken", "sub claim in the VAPID JWT must be a mailto: or https: address.")
        case .keyMismatch:
            (
                401, 109, "VapidPkHashMismatch",
                "the key in the authorization header does not correspond to the subscription's."
            )
        case .missingTTL: (400, 111, "BadTtl", "ttl header must be specified.")
        case .badTTL: (400, 112, "BadTtl", "ttl header is invalid.")
        case .badUrgency: (400, 113, "BadUrgency", "urgency header is invalid.")
        case .badTopic: (400, 113, "BadWebPushTopic", "topic header is invalid.")
        case .badEncoding: (400, 110, "BadWebPushRequest", "content-encoding must be aes128gcm.")
        case .duplicateHeader: (400, 111, "BadWebPushRequest", "a header stands twice.")
        case .emptyBody: (400, 110, "BadWebPushRequest", "the message is empty.")
        case .tooLarge: (413, 104, "PayloadTooLarge", "the payload is larger than 4096 bytes.")
        case .badLayout: (400, 110, "BadWebPushRequest", "the message is not one aes128gcm record.")
        case .undecryptable: (400, 110, "BadWebPushRequest", "the message cannot be decrypted by the subscription.")
        case .tooManyRequests: (429, 999, "TooManyRequests", "too many requests")
        case .throttled: (406, 999, "TooManyRequests", "Throttled")
        case .internalError: (500, 999, "InternalServerError", "internal error")
        case .unavailable: (503, 201, "ServiceUnavailable", "service unavailable: use exponential back-off")
        }
    }
}
