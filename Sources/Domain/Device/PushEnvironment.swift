/// The two worlds of a provider that has a second one for apps in development.
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
