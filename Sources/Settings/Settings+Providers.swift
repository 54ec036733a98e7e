package import Domain

/// An entry of `providers`: one credential of one push service. Each provider declares its own and reads it from the configuration.
package protocol ProviderSection: Sendable {
    /// The key below `providers`, and the first part of its lanes' names.
    static var name: String { get }

    /// The entries there are; what is wrong with them is reported to the section.
    static func read(from providers: SettingsSection) -> [Self]

    var credential: CredentialFile { get }

    /// Where its lanes connect to, `https://host[:port]`; nil: the addresses of the devices say.
    var server: String? { get }

    /// Whether a lane of this name sends with this credential.
    func owns(lane: String) -> Bool
}

/// The file of a provider's key.
package struct CredentialFile: Hashable, Sendable {
    /// Whose it is: a lane's name, or the provider's.
    package var subject: String
    package var path: String
    /// `APNs key ABC123DEFG`.
    package var what: String
    /// When the key has to be replaced, as configured: keys of push services carry no end of their own. An access token has an end as
    /// well, which is renewed by itself and is not meant.
    package var expires: Instant?

    package init(subject: String, path: String, what: String, expires: Instant?) {
        self.subject = subject
        self.path = path
        self.what = what
        self.expires = expires
    }
}

/// The credentials of the push services; one lane for each, or one for each host.
package struct ProviderSettings: Sendable {
    /// In the order in which the providers are known.
    package var sections: [any ProviderSection]

    package init(_ sections: [any ProviderSection] = []) { self.sections = sections }

    package subscript<Section: ProviderSection>(_ type: Section.Type) -> [Section] {
        sections.compactMap { $0 as? Section }
    }

    /// When the credential of a lane ends, as configured: the first moment of that day, UTC; nil when nothing is said.
    package func expiry(ofLane lane: String) -> Instant? {
        sections.first { $0.owns(lane: lane) }?.credential.expires
    }
}
