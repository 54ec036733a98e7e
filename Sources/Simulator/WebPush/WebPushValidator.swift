/// Judges a push as strictly as the RFCs and the named service's pages allow: request in, message or defect out; no I/O, no clock.
///
/// A value with one piece of state: the verified VAPID tokens.
package struct WebPushValidator: Sendable {
    /// > A push service MUST NOT return a 413 … in responses to an entity body that is 4096 bytes or less [RFC 8030 §7.2].
    package static let bodyBytesMax = 4096
    /// Four weeks, as with every message of FCM.
    package static let fcmTTLSecondsMax: Int64 = 2_419_200
    package static let topicCharactersMax = 32

    private var tokens = VAPIDVerifier()

    package init() {}

    /// - Parameters:
    ///   - request: As received.
    ///   - service: Whose rules hold beyond those of the RFCs.
    ///   - subscriptions: Those that exist.
    ///   - now: Seconds since 1970.
    /// - Returns: The message, decrypted.
    /// - Throws: The first defect in the order path, method, subscription, credential, headers, size, encryption.
    package mutating func validate(
        _ request: ReceivedRequest,
        service: PushService,
        subscriptions: Subscriptions,
        now: Int64
    ) throws(WebPushFault) -> WebPushMessage {
        guard let id = Self.subscriptionID(path: request.path) else { throw WebPushFault(.badPath) }
        guard request.method == "POST" else { throw WebPushFault(.methodNotAllowed, request.method) }
        guard let subscription = subscriptions[id] else {
            throw WebPushFault(subscriptions.isGone(id) ? .gone : .unknownSubscription)
        }
        try Self.refuseDuplicates(request)
        let shown = try tokens.verify(
            request.header("authorization"),
            origin: "https://" + request.authority,
            service: service,
            now: now
        )
        if let bound = subscription.vapidKey, bound != shown.key { throw WebPushFault(.keyMismatch) }
        let ttl = try Self.ttl(request, service: service)
        let urgency = try Self.urgency(request)
        let topic = try Self.topic(request, service: service)
        guard request.header("content-encoding") == "aes128gcm" else {
            throw WebPushFault(.badEncoding, request.header("content-encoding") ?? "absent")
        }
        guard !request.body.isEmpty else { throw WebPushFault(.emptyBody) }
        guard request.body.count <= Self.bodyBytesMax else {
            throw WebPushFault(.tooLarge, "\(request.body.count) bytes")
        }
        let opened = try MessageDecryption.open(request.body, subscription: subscription)
        // > An application server MUST … use … a different key [RFC 8292 §2.1 on the signing key].
        guard opened.senderKey != shown.key else { throw WebPushFault(.badLayout, "the ECDH key is the VAPID key") }
        return WebPushMessage(
            subscription: id,
            ttl: ttl,
            urgency: urgency,
            topic: topic,
            plaintext: opened.plaintext,
            token: shown.token,
            expiresAt: shown.expiresAt
        )
    }

    /// The id of `/wp/{id}`.
    static func subscriptionID(path: String) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].isEmpty, parts[1] == "wp", !parts[2].isEmpty else { return nil }
        return String(parts[2])
    }

    private static func refuseDuplicates(_ request: ReceivedRequest) throws(WebPushFault) {
        var seen: Set<String> = []
        for (name, _) in request.headers where ["authorization", "ttl", "urgency", "topic"].contains(name) {
            guard seen.insert(name).inserted else { throw WebPushFault(.duplicateHeader, name) }
        }
    }

    private static func ttl(_ request: ReceivedRequest, service: PushService) throws(WebPushFault) -> Int64 {
        guard let text = request.header("ttl") else { throw WebPushFault(.missingTTL) }
        guard !text.isEmpty, text.utf8.allSatisfy(\.isDigit), let seconds = Int64(text) else {
            throw WebPushFault(.badTTL, text)
        }
        if service == .fcm, seconds > fcmTTLSecondsMax { throw WebPushFault(.badTTL, "more than four weeks") }
        return seconds
    }

    /// > A push message … MAY include … one urgency [RFC 8030 §5.3]: a single value.
    private static func urgency(_ request: ReceivedRequest) throws(WebPushFault) -> String? {
        guard let urgency = request.header("urgency") else { return nil }
        guard ["very-low", "low", "normal", "high"].contains(urgency) else { throw WebPushFault(.badUrgency, urgency) }
        return urgency
    }

    private static func topic(_ request: ReceivedRequest, service: PushService) throws(WebPushFault) -> String? {
        guard let topic = request.header("topic") else { return nil }
        let isWellFormed = topic.utf8.allSatisfy {
            $0.isLetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
        guard (1...topicCharactersMax).contains(topic.utf8.count), isWellFormed else {
            throw WebPushFault(.badTopic, "\(topic.utf8.count) characters")
        }
        // Apple decodes it: no base64url text has a length of 4n+1.
        if service == .apple, topic.utf8.count % 4 == 1 { throw WebPushFault(.badTopic, "not decodable") }
        return topic
    }
}
