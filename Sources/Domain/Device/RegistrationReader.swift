/// Reads a registration's members and collects every mistake.
struct RegistrationReader {
    private var members: RegistrationMembers
    private let forms: [any TargetForm]

    init(_ object: JSONObject, limits: Limits, forms: [any TargetForm]) {
        members = RegistrationMembers(object, limits: limits)
        self.forms = forms
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
        let locale = members.string("locale", isValid: Self.isLocale, "a BCP 47 language tag")?.map {
            $0 == "_" ? "-" : $0
        }
        let timezone = members.string("timezone", isValid: Self.isTimezone, "the name of an IANA time zone")
        let version = members.string("appVersion", isValid: Self.isVersion, "at most 64 printable characters")

        guard members.errors.isEmpty, let target, let app else { throw RegistrationError(members.errors) }
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
}
