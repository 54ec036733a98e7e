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
