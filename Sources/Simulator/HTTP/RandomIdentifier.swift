import Foundation

/// Identifiers that only need to differ from each other.
enum RandomIdentifier {
    static func hexadecimal(characters: Int) -> String {
        (0..<characters).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
    }

    /// A lower-case version 4 UUID.
    static func uuid() -> String { UUID().uuidString.lowercased() }
}
