/// An answer of APNs other than 200, by its reason [APNs: Handling notification responses].
package struct APNsRefusal: Error, Hashable, Sendable {
    package var status: Int
    package var reason: String
    /// For the log only: what exactly was wrong. Never sent.
    package var detail: String
    /// Milliseconds since 1970; Apple sends it with 410 only.
    package var timestamp: Int64?

    package init(status: Int, reason: String, detail: String = "", timestamp: Int64? = nil) {
        self.status = status
        self.reason = reason
        self.detail = detail
        self.timestamp = timestamp
    }

    /// A known reason with the status Apple documents for it; an unknown one gets 400.
    package init(_ reason: String, detail: String = "", timestamp: Int64? = nil) {
        self.init(status: Self.status[reason] ?? 400, reason: reason, detail: detail, timestamp: timestamp)
    }

    package func answer(apnsID: String, headers: [(name: String, value: String)] = []) -> Answer {
        var body: [String: JSON] = ["reason": .string(reason)]
        if let timestamp { body["timestamp"] = .integer(timestamp) }
        return Answer(
            status: status,
            headers: [("apns-id", apnsID), ("content-type", "application/json")] + headers,
            body: JSON.object(body).serialized
        )
    }

    /// Every documented reason.
    package static let status: [String: Int] = [
        "BadCollapseId": 400, "BadDeviceToken": 400, "BadExpirationDate": 400, "BadMessageId": 400, "BadPriority": 400,
        "BadTopic": 400, "DeviceTokenNotForTopic": 400, "DuplicateHeaders": 400, "IdleTimeout": 400,
        "InvalidPushType": 400,
        "MissingDeviceToken": 400, "MissingTopic": 400, "PayloadEmpty": 400, "TopicDisallowed": 400,
        "BadCertificate": 403,
        "BadCertificateEnvironment": 403, "BadEnvironmentKeyIdInToken": 403, "BadEnvironmentKeyInToken": 403,
        "ExpiredProviderToken": 403, "Forbidden": 403, "InvalidProviderToken": 403, "MissingProviderToken": 403,
        "UnrelatedKeyIdInToken": 403, "BadPath": 404, "MethodNotAllowed": 405, "ExpiredToken": 410, "Unregistered": 410,
        "PayloadTooLarge": 413, "TooManyProviderTokenUpdates": 429, "TooManyRequests": 429, "InternalServerError": 500,
        "ServiceUnavailable": 503, "Shutdown": 503,
    ]
}
