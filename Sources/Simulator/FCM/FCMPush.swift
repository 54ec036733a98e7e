/// A message that passed every check.
package struct FCMPush: Sendable {
    package enum Target: Hashable, Sendable {
        case token(String)
        case fid(String)
        case topic(String)
        case condition(String)

        package var value: String {
            switch self {
            case .token(let value), .fid(let value), .topic(let value), .condition(let value): value
            }
        }

        package var kind: String {
            switch self {
            case .token: "token"
            case .fid: "fid"
            case .topic: "topic"
            case .condition: "condition"
            }
        }
    }

    package var project: String
    package var target: Target
    package var validateOnly: Bool
    /// The message with lowerCamel names.
    package var message: JSON
}
