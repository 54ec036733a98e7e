/// What a device runs.
package enum Platform: UInt8, Hashable, Sendable, CaseIterable {
    case android = 1
    case ios = 2
    case web = 3

    package var name: String {
        switch self {
        case .android: "android"
        case .ios: "ios"
        case .web: "web"
        }
    }

    package init?(name: String) {
        guard let platform = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = platform
    }
}
