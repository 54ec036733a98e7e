/// Judges a request as strictly as Apple's pages allow: request in, push or refusal out; no I/O, no clock.
///
/// A value with one piece of state: the verified provider tokens, because a sender shows the same one for half an hour.
package struct APNsValidator: Sendable {
    /// [APNs: Generating a remote notification] 4 KB; VoIP (5 KB) is not used here.
    package static let payloadBytesMax = 4096
    package static let collapseIDBytesMax = 64

    private var providerTokens: ProviderTokenVerifier

    package init(accounts: [APNsAccount]) {
        providerTokens = ProviderTokenVerifier(accounts: accounts)
    }

    /// - Parameters:
    ///   - request: As received.
    ///   - now: Seconds since 1970, for the age of the provider token.
    /// - Returns: The notification to deliver.
    /// - Throws: The first refusal in the order path, method, headers, credential, device token, topic, attributes, payload.
    package mutating func validate(_ request: ReceivedRequest, now: Int64) throws(APNsRefusal) -> APNsPush {
        let token = try Self.deviceToken(path: request.path)
        guard request.method == "POST" else { throw APNsRefusal("MethodNotAllowed", detail: request.method) }
        try Self.refuseDuplicates(request)
        let account = try providerTokens.verify(request.bearer, now: now)
        try Self.check(deviceToken: token)
        let pushType = try Self.pushType(request)
        let topic = try Self.topic(request, pushType: pushType, account: account)
        let priority = try Self.priority(request, pushType: pushType)
        let push = APNsPush(
            token: token,
            keyID: account.keyID,
            topic: topic,
            pushType: pushType,
            apnsID: try Self.messageID(request),
            expiration: try Self.expiration(request),
            priority: priority,
            collapseID: try Self.collapseID(request),
            payload: try Self.payload(request, pushType: pushType)
        )
        return push
    }

    private static func deviceToken(path: String) throws(APNsRefusal) -> String {
        let prefix = "/3/device"
        guard path.hasPrefix(prefix) else { throw APNsRefusal("BadPath") }
        let rest = path.dropFirst(prefix.count)
        guard !rest.isEmpty, rest != "/" else { throw APNsRefusal("MissingDeviceToken") }
        guard rest.first == "/", !rest.dropFirst().contains("/") else { throw APNsRefusal("BadPath") }
        return String(rest.dropFirst())
    }

    /// Apple gives no fixed size; hex up to 200 characters is what we take.
    private static func check(deviceToken: String) throws(APNsRefusal) {
        guard (2...200).contains(deviceToken.utf8.count), deviceToken.utf8.count.isMultiple(of: 2),
            deviceToken.utf8.allSatisfy(\.isHexDigit)
        else { throw APNsRefusal("BadDeviceToken", detail: "not 2 to 200 hexadecimal digits") }
    }

    private static func refuseDuplicates(_ request: ReceivedRequest) throws(APNsRefusal) {
        var seen: Set<String> = []
        for (name, _) in request.headers where name.hasPrefix("apns-") || name == "authorization" {
            guard seen.insert(name).inserted else { throw APNsRefusal("DuplicateHeaders", detail: name) }
        }
    }

    /// Push types and the suffix each adds to the topic [APNs: Sending notification requests to APNs].
    private static let topicSuffixes: [String: String] = [
        "alert": "", "background": "", "mdm": "", "liveactivity": ".push-type.liveactivity",
        "widgets": ".push-type.widgets",
        "controls": ".push-type.controls", "voip": ".voip", "complication": ".complication",
        "fileprovider": ".pushkit.fileprovider", "location": ".location-query", "pushtotalk": ".voip-ptt",
    ]

    private static func pushType(_ request: ReceivedRequest) throws(APNsRefusal) -> String {
        // Apple requires the header since iOS 13 and guesses when it is absent; here absence is a mistake.
        guard let pushType = request.header("apns-push-type") else {
            throw APNsRefusal("InvalidPushType", detail: "absent")
        }
        guard topicSuffixes[pushType] != nil else { throw APNsRefusal("InvalidPushType", detail: pushType) }
        return pushType
    }

    private static func topic(
        _ request: ReceivedRequest,
        pushType: String,
        account: APNsAccount
    ) throws(APNsRefusal) -> String {
        guard let topic = request.header("apns-topic"), !topic.isEmpty else { throw APNsRefusal("MissingTopic") }
        let isWellFormed = topic.utf8.allSatisfy {
            $0.isLetterOrDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
        }
        guard isWellFormed else { throw APNsRefusal("BadTopic", detail: topic) }
        guard topic == account.topic + (topicSuffixes[pushType] ?? "") else {
            throw APNsRefusal("TopicDisallowed", detail: topic)
        }
        return topic
    }

    private static func messageID(_ request: ReceivedRequest) throws(APNsRefusal) -> String? {
        guard let id = request.header("apns-id") else { return nil }
        let groups = id.split(separator: "-", omittingEmptySubsequences: false)
        let isCanonical =
            groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && id.utf8.allSatisfy { $0 == UInt8(ascii: "-") || ($0.isHexDigit && !$0.isUpperCase) }
        guard isCanonical else { throw APNsRefusal("BadMessageId", detail: "not a lower-case 8-4-4-4-12 UUID") }
        return id
    }

    private static func expiration(_ request: ReceivedRequest) throws(APNsRefusal) -> Int64? {
        guard let text = request.header("apns-expiration") else { return nil }
        guard let seconds = Int64(text), seconds >= 0, text.utf8.allSatisfy(\.isDigit) else {
            throw APNsRefusal("BadExpirationDate", detail: text)
        }
        return seconds
    }

    private static func priority(_ request: ReceivedRequest, pushType: String) throws(APNsRefusal) -> Int? {
        let text = request.header("apns-priority")
        if pushType == "background" {
            // Absent means 10, which is an error for background pushes.
            guard text == "5" else { throw APNsRefusal("BadPriority", detail: "background must be 5") }
        }
        guard let text else { return nil }
        guard ["1", "5", "10"].contains(text), let priority = Int(text) else {
            throw APNsRefusal("BadPriority", detail: text)
        }
        return priority
    }

    private static func collapseID(_ request: ReceivedRequest) throws(APNsRefusal) -> String? {
        guard let id = request.header("apns-collapse-id") else { return nil }
        guard (1...collapseIDBytesMax).contains(id.utf8.count) else {
            throw APNsRefusal("BadCollapseId", detail: "\(id.utf8.count) bytes")
        }
        return id
    }

    private static func payload(_ request: ReceivedRequest, pushType: String) throws(APNsRefusal) -> JSON {
        guard !request.body.isEmpty else { throw APNsRefusal("PayloadEmpty", detail: "no body") }
        guard request.body.count <= payloadBytesMax else {
            throw APNsRefusal("PayloadTooLarge", detail: "\(request.body.count) bytes")
        }
        // Apple documents no reason for malformed JSON; it has no payload to show, so it is called empty.
        let payload: JSON
        do { payload = try JSON(parsing: request.body) } catch {
            throw APNsRefusal("PayloadEmpty", detail: "malformed JSON: \(error.description)")
        }
        guard let members = payload.object, !members.isEmpty else {
            throw APNsRefusal("PayloadEmpty", detail: "not an object with members")
        }
        guard let aps = members["aps"]?.object else { throw APNsRefusal("PayloadEmpty", detail: "no aps object") }
        try check(aps: aps, pushType: pushType)
        return payload
    }

    /// The push type must reflect the payload: Apple answers a mismatch with an error, a delay or silence. Here: an error.
    private static func check(aps: [String: JSON], pushType: String) throws(APNsRefusal) {
        let isVisible = aps["alert"] != nil || aps["badge"] != nil || aps["sound"] != nil
        switch pushType {
        case "alert":
            guard isVisible else { throw APNsRefusal("InvalidPushType", detail: "alert without alert, badge or sound") }
        case "background":
            guard !isVisible, aps["content-available"] == 1 else {
                throw APNsRefusal("InvalidPushType", detail: "background takes content-available 1 and nothing visible")
            }
        default: break
        }
    }
}
