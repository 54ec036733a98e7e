/// The request body of `messages:send`, as in the discovery document of FCM v1, revision 20261023.
enum FCMSchema {
    /// The JSON form of a field's type (proto3 JSON mapping).
    indirect enum Kind: Sendable {
        case string, bool, int32, float, duration, timestamp
        /// `map<string, string>`: values that are not strings are refused.
        case stringMap
        /// `google.protobuf.Struct`.
        case anyObject
        case list(Kind)
        case enumeration(type: String, [String])
        case message([String: Kind])
    }

    static let sendRequest: [String: Kind] = ["validateOnly": .bool, "message": .message(message)]

    static let message: [String: Kind] = [
        // Output only: the service ignores what a sender writes here.
        "name": .string,
        "data": .stringMap, "notification": .message(["title": .string, "body": .string, "image": .string]),
        "android": .message(android), "androidV2": .message(androidV2), "webpush": .message(webpush),
        "apns": .message(apns),
        "fcmOptions": analytics, "token": .string, "fid": .string, "topic": .string, "condition": .string,
    ]

    /// The fields of the oneof `target`: exactly one of them.
    static let targets = ["fid", "token", "topic", "condition"]

    private static let analytics = Kind.message(["analyticsLabel": .string])

    private static let android: [String: Kind] = [
        "collapseKey": .string,
        "priority": .enumeration(type: "AndroidConfig.AndroidMessagePriority", ["NORMAL", "HIGH"]), "ttl": .duration,
        "restrictedPackageName": .string, "data": .stringMap, "notification": .message(androidNotification),
        "fcmOptions": analytics, "directBootOk": .bool, "bandwidthConstrainedOk": .bool, "restrictedSatelliteOk": .bool,
    ]

    private static let androidV2: [String: Kind] = [
        "backgroundSync": .anyObject, "remoteNotification": .message(remoteNotification), "collapseKey": .string,
        "ttl": .duration,
        "data": .stringMap, "restrictedPackageName": .string, "fcmOptions": analytics, "directBootOk": .bool,
        "bandwidthConstrainedOk": .bool, "restrictedSatelliteOk": .bool,
    ]

    private static let remoteNotification: [String: Kind] = [
        "mutableContent": .bool, "useAsV1DataMessage": .bool,
        "notification": .message(androidNotification.merging(["id": .string]) { first, _ in first }),
    ]

    private static let androidNotification: [String: Kind] = [
        "title": .string, "body": .string, "icon": .string, "color": .string, "sound": .string, "tag": .string,
        "clickAction": .string, "bodyLocKey": .string, "bodyLocArgs": .list(.string), "titleLocKey": .string,
        "titleLocArgs": .list(.string), "channelId": .string, "ticker": .string, "sticky": .bool,
        "eventTime": .timestamp,
        "localOnly": .bool,
        "notificationPriority": .enumeration(
            type: "AndroidNotification.NotificationPriority",
            [
                "PRIORITY_UNSPECIFIED", "PRIORITY_MIN", "PRIORITY_LOW", "PRIORITY_DEFAULT", "PRIORITY_HIGH",
                "PRIORITY_MAX",
            ]
        ),
        "defaultSound": .bool, "defaultVibrateTimings": .bool, "defaultLightSettings": .bool,
        "vibrateTimings": .list(.duration), "lightSettings": .message(lightSettings),
        "visibility": .enumeration(
            type: "AndroidNotification.Visibility",
            ["VISIBILITY_UNSPECIFIED", "PRIVATE", "PUBLIC", "SECRET"]
        ),
        "notificationCount": .int32, "image": .string,
        "proxy": .enumeration(
            type: "AndroidNotification.Proxy",
            ["PROXY_UNSPECIFIED", "ALLOW", "DENY", "IF_PRIORITY_LOWERED"]
        ),
        "bypassProxyNotification": .bool,
    ]

    private static let lightSettings: [String: Kind] = [
        "color": .message(["red": .float, "green": .float, "blue": .float, "alpha": .float]),
        "lightOnDuration": .duration, "lightOffDuration": .duration,
    ]

    private static let apns: [String: Kind] = [
        "headers": .stringMap, "payload": .anyObject,
        "fcmOptions": .message(["analyticsLabel": .string, "image": .string]), "liveActivityToken": .string,
    ]

    private static let webpush: [String: Kind] = [
        "headers": .stringMap, "data": .stringMap, "notification": .anyObject,
        "fcmOptions": .message(["link": .string, "analyticsLabel": .string]),
    ]
}
