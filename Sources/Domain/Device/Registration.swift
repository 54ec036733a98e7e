/// An installation of an app as it registers itself: where it can be rung, and how it reads.
///
/// Whether a lane serves the provider, app and environment is checked by whoever knows the lanes (`noLane`).
package struct Registration: Hashable, Sendable {
    /// The app's own id of this installation, 1 to 128 of `A-Z a-z 0-9 . _ : -`.
    package var installation: String
    package var target: Target
    package var environment: PushEnvironment
    /// The app's name in the configuration (`onepocket`).
    package var app: String
    package var platform: Platform?
    /// BCP 47, hyphens.
    package var locale: String?
    /// Name of the IANA time zone database.
    package var timezone: String?
    package var appVersion: String?
    /// What the app said and nobody could read.
    package var leftOut: Set<RegistrationHint>

    package var provider: ProviderID { target.provider }

    package init(
        installation: String,
        target: Target,
        environment: PushEnvironment,
        app: String,
        platform: Platform? = nil,
        locale: String? = nil,
        timezone: String? = nil,
        appVersion: String? = nil,
        leftOut: Set<RegistrationHint> = []
    ) {
        self.installation = installation
        self.target = target
        self.environment = environment
        self.app = app
        self.platform = platform
        self.locale = locale
        self.timezone = timezone
        self.appVersion = appVersion
        self.leftOut = leftOut
    }

    /// Reads the body of `PUT /v1/devices/{installation}`; unknown members are ignored, null counts as absent.
    ///
    /// - Parameters:
    ///   - value: the parsed body.
    ///   - installation: the path's last component, percent-decoded.
    ///   - limits: for the lengths of token and endpoint.
    ///   - forms: of the providers' addresses.
    ///   - isKnownZone: whether the time zone database has a name of the right form.
    /// - Returns: the registration, token and keys in their one form.
    /// - Throws: every mistake at once.
    package static func parse(
        _ value: JSONValue,
        installation: String,
        limits: Limits,
        forms: [any TargetForm],
        isKnownZone: @escaping (String) -> Bool = { _ in true }
    ) throws(RegistrationError) -> Registration {
        guard let object = value.object else {
            throw RegistrationError([FieldError(.root, "wrongType", "A registration is a JSON object.")])
        }
        var reader = RegistrationReader(object, limits: limits, forms: forms, isKnownZone: isKnownZone)
        return try reader.read(installation: installation)
    }
}
