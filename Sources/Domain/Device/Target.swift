/// Who rings a device.
package enum Provider: UInt8, Hashable, Sendable, CaseIterable {
    case fcm = 1
    case apns = 2
    case webpush = 3

    package var name: String {
        switch self {
        case .fcm: "fcm"
        case .apns: "apns"
        case .webpush: "webpush"
        }
    }

    package init?(name: String) {
        guard let provider = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = provider
    }
}

/// The address a provider knows a device by.
package enum Target: Hashable, Sendable {
    case fcmToken(String)
    /// Firebase installation id; replaces the token of the same installation [FCM discovery, 2026].
    case fcmInstallation(String)
    /// Lower-case hex of opaque length.
    case apns(String)
    case webpush(Subscription)

    package var provider: Provider {
        switch self {
        case .fcmToken, .fcmInstallation: .fcm
        case .apns: .apns
        case .webpush: .webpush
        }
    }
}

/// A browser's push subscription, checked at registration.
package struct Subscription: Hashable, Sendable {
    /// https URL of at most ``Limits/endpointBytesMax`` bytes.
    package var endpoint: String
    /// Uncompressed point on P-256, 65 bytes.
    package var p256dh: [UInt8]
    /// 16 bytes.
    package var auth: [UInt8]

    package init(endpoint: String, p256dh: [UInt8], auth: [UInt8]) {
        self.endpoint = endpoint
        self.p256dh = p256dh
        self.auth = auth
    }
}

/// Apple's two worlds; the other providers know only production.
package enum PushEnvironment: UInt8, Hashable, Sendable, CaseIterable {
    case production = 0
    case sandbox = 1

    package var name: String { self == .production ? "production" : "sandbox" }

    package init?(name: String) {
        switch name {
        case "production": self = .production
        case "sandbox": self = .sandbox
        default: return nil
        }
    }
}
