/// Reads a registration's members and collects every mistake.
struct RegistrationReader {
    private var members: RegistrationMembers
    private let forms: [any TargetForm]
    private let isKnownZone: (String) -> Bool
    private var leftOut: Set<RegistrationHint> = []

    init(_ object: JSONObject, limits: Limits, forms: [any TargetForm], isKnownZone: @escaping (String) -> Bool) {
        members = RegistrationMembers(object, limits: limits)
        self.forms = forms
        self.isKnownZone = isKnownZone
    }

    mutating func read(installation: String) throws(RegistrationError) -> Registration {
        if !Self.isInstallation(installation) {
            members.fail(
                "/installation",
                "malformed",
                "An installation id has 1 to 128 letters, digits, dots, hyphens, colons and underscores."
            )
        }
        let target = target()
        let environment =
            members.word("environment", PushEnvironment.init(name:), "production or sandbox") ?? .production
        let platform = members.word("platform", Platform.init(name:), "android, ios or web")
        let app = members.string(
            "app",
            isValid: { Self.isName($0, bytesMax: 64) },
            "the app's name in the configuration"
        )
        if app == nil, members.isAbsent("app") { members.fail("/app", "missing", "The app's name is missing.") }
        let locale = hint(.locale)
        let timezone = hint(.timezone)
        let version = hint(.appVersion)

        guard members.errors.isEmpty, let target, let app else { throw RegistrationError(members.errors) }
        return Registration(
            installation: installation,
            target: target,
            environment: environment,
            app: app,
            platform: platform,
            locale: locale,
            timezone: timezone,
            appVersion: version,
            leftOut: leftOut
        )
    }

    private mutating func target() -> Target? {
        if members.isAbsent("provider") { members.fail("/provider", "missing", "The provider is missing.") }
        let names = forms.map(\.provider)
        let form = members.word(
            "provider",
            { name in forms.first { $0.provider == name } },
            names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
        )
        if !members.isAbsent("token"), !members.isAbsent("subscription") {
            members.fail("/subscription", "contradiction", "A registration has a token or a subscription, not both.")
            return nil
        }
        return form?.target(&members)
    }

    /// nil when it is absent or cannot be read; then it is noted as left out.
    private mutating func hint(_ hint: RegistrationHint) -> String? {
        guard !members.isAbsent(hint.rawValue) else { return nil }
        guard let value = members.object[hint.rawValue]?.string.flatMap(hint.read),
            hint != .timezone || isKnownZone(value)
        else {
            leftOut.insert(hint)
            return nil
        }
        return value
    }

    // MARK: - Forms

    private static func isInstallation(_ text: String) -> Bool { isName(text, bytesMax: 128) }

    /// Letters, digits and `. _ : -`, and not only dots: the text is a path component.
    private static func isName(_ text: String, bytesMax: Int) -> Bool {
        (1...bytesMax).contains(text.utf8.count) && !text.allSatisfy { $0 == "." }
            && text.utf8.allSatisfy { isAlphanumeric($0) || [0x2E, 0x5F, 0x3A, 0x2D].contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
