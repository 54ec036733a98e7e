/// How much a publication may push past others; chooses the weight in the scheduler and the provider's priority.
package enum Urgency: UInt8, Hashable, Sendable, CaseIterable {
    case low = 0
    case normal = 1
    case urgent = 2

    package init?(name: String) {
        guard let urgency = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = urgency
    }

    package var name: String {
        switch self {
        case .low: "low"
        case .normal: "normal"
        case .urgent: "urgent"
        }
    }
}
