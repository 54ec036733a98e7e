import Text

/// Reads a registration's members and collects every mistake.
struct RegistrationReader {
    private let object: JSONObject
    private let limits: Limits
    private let endpoints: EndpointRules
    private var errors: [FieldError] = []

    init(_ object: JSONObject, limits: Limits, endpoints: EndpointRules) {
        self.object = object
        self.limits = limits
        self.endpoints = endpoints
    }

    mutating func read(installation: String, isPointOnP256: ([UInt8]) -> Bool) throws(RegistrationError) -> Registration
    {
        if !Self.isInstallation(installation) {
            fail(
                "/installation",
                "malformed",
                "An installation id has 1 to 128 letters, digits, dots, hyphens, colons and underscores."
            )
        }
        let target = target(isPointOnP256: isPointOnP256)
        let environment = word("environment", PushEnvironment.init(name:), "production or sandbox") ?? .production
        let platform = word("platform", Platform.init(name:), "android, ios or web")
        let app = string("app", isValid: { Self.isName($0, bytesMax: 64) }, "the app's name in the configuration")
        if app == nil, isAbsent("app") { fail("/app", "missing", "The app's name is missing.") }
        let locale = string("locale", isValid: Self.isLocale, "a BCP 47 language tag")?.map { $0 == "_" ? "-" : $0 }
        let timezone = string("timezone", isValid: Self.isTimezone, "the name of an IANA time zone")
        let version = string("appVersion", isValid: Self.isVersion, "at most 64 printable characters")

        guard errors.isEmpty, let target, let app else { throw RegistrationError(errors) }
        return Registration(
            installation: installation,
            target: target,
            environment: environment,
            app: app,
            platform: platform,
            locale: locale.map { String($0) },
            timezone: timezone,
            appVersion: version
        )
    }

    // MARK: - Target

    private mutating func target(isPointOnP256: ([UInt8]) -> Bool) -> Target? {
        if isAbsent("provider") { fail("/provider", "missing", "The provider is missing.") }
        let provider = word("provider", Provider.init(name:), "fcm, apns or webpush")
        if !isAbsent("token"), !isAbsent("subscription") {
            fail("/subscription", "contradiction", "A registration has a token or a subscription, not both.")
            return nil
        }
        switch provider {
        case .webpush: return subscription(isPointOnP256)
        case .fcm: return token(provider: .fcm)
        case .apns: return token(provider: .apns)
        case nil: return nil
        }
    }

    private mutating func token(provider: Provider) -> Target? {
        let kind = word("tokenKind", { ["token", "fid"].contains($0) ? $0 : nil }, "token or fid") ?? "token"
        guard let member = object["token"], !member.isNull else {
            fail("/token", "missing", "This provider needs a token.")
            return nil
        }
        guard let text = member.string else {
            fail("/token", "wrongType", "The token is a string.")
            return nil
        }
        do throws(DeviceToken.Fault) {
            switch (provider, kind) {
            case (.apns, "token"): return .apns(try DeviceToken.apns(text, bytesMax: limits.tokenBytesMax))
            case (.apns, _):
                fail("/tokenKind", "contradiction", "APNs has no installation ids.")
                return nil
            case (_, "fid"): return .fcmInstallation(try DeviceToken.fid(text, bytesMax: limits.tokenBytesMax))
            default: return .fcmToken(try DeviceToken.fcm(text, bytesMax: limits.tokenBytesMax))
            }
        } catch {
            fail("/token", error.code, error.detail)
            return nil
        }
    }

    private mutating func subscription(_ isPointOnP256: ([UInt8]) -> Bool) -> Target? {
        guard let member = object["subscription"], !member.isNull else {
            fail("/subscription", "missing", "Web Push needs a subscription.")
            return nil
        }
        guard let subscription = member.object else {
            fail("/subscription", "wrongType", "The subscription is an object.")
            return nil
        }
        let endpoint = endpoint(subscription["endpoint"])
        let keys = subscription["keys"]
        let p256dh = key(keys?["p256dh"], "/subscription/keys/p256dh", bytes: 65)
        if let p256dh, p256dh.first != 0x04 || !isPointOnP256(p256dh) {
            fail("/subscription/keys/p256dh", "notOnCurve", "p256dh is no uncompressed point on P-256.")
        }
        let auth = key(keys?["auth"], "/subscription/keys/auth", bytes: 16)
        guard let endpoint, let p256dh, let auth else { return nil }
        return .webpush(Subscription(endpoint: endpoint, p256dh: p256dh, auth: auth))
    }

    private mutating func endpoint(_ value: JSONValue?) -> String? {
        guard let text = value?.string else {
            let isMissing = value?.isNull ?? true
            fail("/subscription/endpoint", isMissing ? "missing" : "wrongType", "The endpoint is a string.")
            return nil
        }
        do throws(PushEndpoint.Fault) {
            _ = try endpoints.check(text, bytesMax: limits.endpointBytesMax)
            return text
        } catch {
            fail("/subscription/endpoint", "endpoint" + Self.capitalised(error.rawValue), error.sentence)
            return nil
        }
    }

    private mutating func key(_ value: JSONValue?, _ pointer: JSONPointer, bytes: Int) -> [UInt8]? {
        guard let text = value?.string else {
            fail(
                pointer,
                value?.isNull ?? true ? "missing" : "wrongType",
                "The key is a string of \(bytes) bytes in base64url."
            )
            return nil
        }
        // Four characters more than the longest form: a bound before anything is decoded.
        guard text.utf8.count <= 96, let key = Base64.decode(text), key.count == bytes else {
            fail(pointer, "malformed", "The key is not \(bytes) bytes in base64url.")
            return nil
        }
        return key
    }

    // MARK: - Members

    private mutating func word<Word>(_ name: String, _ read: (String) -> Word?, _ expected: String) -> Word? {
        guard !isAbsent(name) else { return nil }
        guard let text = object[name]?.string else {
            fail(JSONPointer.root.member(name), "wrongType", "Expected a string: \(expected).")
            return nil
        }
        guard let word = read(text) else {
            fail(JSONPointer.root.member(name), "unknownValue", "Expected \(expected).")
            return nil
        }
        return word
    }

    private mutating func string(_ name: String, isValid: (String) -> Bool, _ expected: String) -> String? {
        guard !isAbsent(name) else { return nil }
        guard let text = object[name]?.string else {
            fail(JSONPointer.root.member(name), "wrongType", "Expected a string: \(expected).")
            return nil
        }
        guard isValid(text) else {
            fail(JSONPointer.root.member(name), "malformed", "Expected \(expected).")
            return nil
        }
        return text
    }

    private func isAbsent(_ name: String) -> Bool { object[name]?.isNull ?? true }

    private mutating func fail(_ pointer: JSONPointer, _ code: String, _ detail: String) {
        errors.append(FieldError(pointer, code, detail))
    }

    // MARK: - Forms

    private static func isInstallation(_ text: String) -> Bool { isName(text, bytesMax: 128) }

    /// Letters, digits and `. _ : -`, and not only dots: the text is a path component.
    private static func isName(_ text: String, bytesMax: Int) -> Bool {
        (1...bytesMax).contains(text.utf8.count) && !text.allSatisfy { $0 == "." }
            && text.utf8.allSatisfy { isAlphanumeric($0) || [0x2E, 0x5F, 0x3A, 0x2D].contains($0) }
    }

    /// `fr`, `fr-FR`, `zh_Hant_TW`.
    private static func isLocale(_ text: String) -> Bool {
        guard text.utf8.count <= 35 else { return false }
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "_" }
        return (2...8).contains(parts[0].utf8.count)
            && parts[0].utf8.allSatisfy { isAlphanumeric($0) && !(0x30...0x39).contains($0) }
            && parts.dropFirst().allSatisfy { (1...8).contains($0.utf8.count) && $0.utf8.allSatisfy(isAlphanumeric) }
    }

    /// `Europe/Paris`, `Etc/GMT+1`, `UTC`.
    private static func isTimezone(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
                !part.isEmpty && part.utf8.allSatisfy { isAlphanumeric($0) || [0x5F, 0x2B, 0x2D].contains($0) }
            }
    }

    private static func isVersion(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
