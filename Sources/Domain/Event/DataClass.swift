/// What of a publication may cross Apple's and Google's servers.
package enum DataClass: UInt8, Hashable, Sendable, CaseIterable {
    /// Title and body as posted.
    case clear = 0
    /// The kind's catalogue text only; the app fetches the rest.
    case generic = 1
    /// The text is encrypted for the device; one without keys is sent what `generic` shows.
    case encrypted = 2

    package init?(name: String) {
        guard let dataClass = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = dataClass
    }

    package var name: String {
        switch self {
        case .clear: "clear"
        case .generic: "generic"
        case .encrypted: "encrypted"
        }
    }
}
