import Contract
import Domain

/// An operation's number as people write it: `O-17`.
package enum OperationName {
    package static func text(_ id: Int64) -> String { "O-\(id)" }

    /// Also the bare number.
    package static func number(_ text: some StringProtocol) -> Int64? {
        let digits = text.lowercased().hasPrefix("o-") ? String(text.dropFirst(2)) : String(text)
        return Int64(digits).flatMap { $0 > 0 ? $0 : nil }
    }
}
