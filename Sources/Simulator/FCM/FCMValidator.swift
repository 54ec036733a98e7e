/// Judges a send request as strictly as Google's schema and pages allow: request in, push or error out; no I/O, no clock.
package struct FCMValidator: Sendable {
    /// Bytes of what reaches one phone.
    package static let payloadBytesMax = 4096
    /// Messages to topics and conditions get half.
    package static let topicPayloadBytesMax = 2048
    /// Four weeks: the longest FCM keeps a message.
    package static let ttlSecondsMax = 2_419_200.0

    /// Ids of the projects that exist.
    package var projects: Set<String>

    package init(projects: Set<String>) {
        self.projects = projects
    }

    /// - Parameters:
    ///   - request: As received.
    ///   - granted: The project an access token was granted for; nil when it is unknown or expired.
    /// - Returns: The message to deliver.
    /// - Throws: The first error in the order path, credential, project, JSON, schema, target, values, size.
    package func validate(_ request: ReceivedRequest, granted: (String) -> String?) throws(FCMError) -> FCMPush {
        guard let project = Self.project(path: request.path), request.method == "POST" else { throw .notFound }
        guard let bearer = request.bearer, let grantedProject = granted(bearer) else { throw .unauthenticated }
        guard projects.contains(project) else { throw .notFound }
        guard project == grantedProject else { throw .permissionDenied }
        let body: JSON
        do { body = try JSON(parsing: request.body) } catch {
            throw .schema("", "Invalid JSON payload received. \(error.description)")
        }
        let members = try FCMSchemaCheck.members(of: body, schema: FCMSchema.sendRequest, path: "")
        guard let message = members["message"]?.object else {
            throw .semantic("message", "The message must be set.")
        }
        let target = try Self.target(message)
        try Self.checkValues(message)
        try Self.checkSize(message, bodyBytes: request.body.count)
        return FCMPush(
            project: project,
            target: target,
            validateOnly: members["validateOnly"] == true,
            message: .object(message)
        )
    }

    /// The project of `/v1/projects/{project}/messages:send`.
    static func project(path: String) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "v1", parts[2] == "projects", !parts[3].isEmpty,
            parts[4] == "messages:send"
        else { return nil }
        return String(parts[3])
    }

    /// The token or installation id of a body, whatever else is wrong with it.
    static func looseTarget(_ body: [UInt8]) -> String? {
        do {
            let message = try JSON(parsing: body)["message"]
            return message?["token"]?.string ?? message?["fid"]?.string
        } catch {
            return nil
        }
    }

    private static func target(_ message: [String: JSON]) throws(FCMError) -> FCMPush.Target {
        let given = FCMSchema.targets.filter { message[$0] != nil }
        guard let name = given.first, let value = message[name]?.string else {
            throw .semantic("message", "Recipient of the message is not set.")
        }
        if given.count > 1 {
            throw .schema(
                "message",
                "Invalid value at 'message' (oneof), oneof field 'target' is already set. Cannot set '\(given[1])'"
            )
        }
        switch name {
        case "token", "fid":
            let isWellFormed = value.utf8.allSatisfy {
                $0.isLetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ":")
            }
            guard (1...4096).contains(value.utf8.count), isWellFormed else { throw .invalidToken }
            return name == "token" ? .token(value) : .fid(value)
        case "topic": return .topic(value)
        default: return .condition(value)
        }
    }

    private static func checkValues(_ message: [String: JSON]) throws(FCMError) {
        if message["android"] != nil, message["androidV2"] != nil {
            throw .semantic("message.android_v2", "Only one of android and android_v2 may be set.")
        }
        let data: [(path: String, value: JSON?)] = [
            ("message.data", message["data"]), ("message.android.data", message["android"]?["data"]),
            ("message.android_v2.data", message["androidV2"]?["data"]),
        ]
        for (path, value) in data {
            for key in (value?.object ?? [:]).keys.sorted() where isReserved(key) {
                throw .semantic(path, "Invalid data payload key: \(key)")
            }
        }
        for (path, field) in [("message.android", "android"), ("message.android_v2", "androidV2")] {
            guard let text = message[field]?["ttl"]?.string, let seconds = FCMSchemaCheck.seconds(ofDuration: text)
            else {
                continue
            }
            guard (0...ttlSecondsMax).contains(seconds) else {
                throw .semantic("\(path).ttl", "Invalid ttl: must be between 0 and 4 weeks")
            }
        }
        try checkAPNs(message["apns"])
    }

    /// FCM takes the APNs block apart before it hands it on.
    private static func checkAPNs(_ apns: JSON?) throws(FCMError) {
        guard let apns else { return }
        if let priority = apns["headers"]?["apns-priority"]?.string, !["1", "5", "10"].contains(priority) {
            throw .semantic("message.apns.headers", "Invalid apns-priority")
        }
        if let id = apns["headers"]?["apns-collapse-id"]?.string, id.utf8.count > APNsValidator.collapseIDBytesMax {
            throw .semantic("message.apns.headers", "apns-collapse-id is longer than 64 bytes")
        }
        if let payload = apns["payload"], let aps = payload["aps"], aps.object == nil {
            throw .semantic("message.apns.payload", "Invalid aps")
        }
    }

    /// Reserved words of the data map [FCM: Message.data].
    private static func isReserved(_ key: String) -> Bool {
        key.isEmpty || key == "from" || key == "message_type" || key.hasPrefix("google.")
            || key.hasPrefix("gcm.notification.")
    }

    /// What one platform gets: the common parts plus its own block, as compact JSON. FCM does not publish how it counts;
    /// this counts punctuation too, so whoever fits here fits there.
    private static func checkSize(_ message: [String: JSON], bodyBytes: Int) throws(FCMError) {
        let isForTopic = message["topic"] != nil || message["condition"] != nil
        let bytesMax = isForTopic ? topicPayloadBytesMax : payloadBytesMax
        // No part is longer than the whole.
        guard bodyBytes > bytesMax else { return }
        let common = message.filter { $0.key == "data" || $0.key == "notification" }
        let platforms: [[String: JSON]] = [
            (message["android"]?.object ?? [:]).filter { $0.key == "data" || $0.key == "notification" },
            (message["androidV2"]?.object ?? [:]).filter { $0.key == "data" || $0.key == "remoteNotification" },
            (message["apns"]?.object ?? [:]).filter { $0.key == "payload" },
        ]
        for platform in platforms {
            var payload = common
            for (key, value) in platform { payload["platform-" + key] = value }
            guard JSON.object(payload).serialized.count <= bytesMax else { throw .tooBig }
        }
    }
}
