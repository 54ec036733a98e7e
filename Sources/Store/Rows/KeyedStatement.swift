import Database
import Synchronization

/// A statement that reads the rows of many keys at once. `(?*)` stands for the keys.
///
/// A list of plain parameters, which every SQL database reads, in a few fixed lengths, so that each text is prepared once and found again.
/// A test holds each to its index.
protocol KeyedStatement: RawRepresentable<String> {}

extension KeyedStatement {
    /// With `count` parameters for the keys, one of ``KeyChunks/sizes``.
    func text(count: Int) -> String { KeyedTexts.shared.text(rawValue, count: count) }
}

/// The texts of keyed statements, each made once. From any thread.
private final class KeyedTexts: Sendable {
    static let shared = KeyedTexts()

    private struct Key: Hashable {
        var statement: String
        var count: Int
    }

    private let texts = Mutex<[Key: String]>([:])

    /// Statements are constants and sizes few, so what is kept is bounded.
    func text(_ statement: String, count: Int) -> String {
        texts.withLock { texts in
            let key = Key(statement: statement, count: count)
            if let known = texts[key] { return known }
            let keys = "(" + Array(repeating: "?", count: count).joined(separator: ",") + ")"
            let text = statement.replacing("(?*)", with: keys)
            texts[key] = text
            return text
        }
    }
}

/// Numbers of keys in one statement; what is left of the last stays NULL, which equals no key.
enum KeyChunks {
    static let sizes = [1, 16, 128, 512]

    static func size(for count: Int) -> Int { sizes.first { $0 >= count } ?? 512 }
}

extension Session {
    /// Calls `body` for each row of these keys, in no order; a statement for up to 512 of them, not for each.
    ///
    /// `before`: values of the parameters that stand before the keys.
    func query(
        _ statement: some KeyedStatement,
        before: Int64...,
        keys: some Collection<Int64>,
        row body: (borrowing Row) throws -> Void
    ) throws {
        var rest = keys[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(512)
            rest = rest.dropFirst(chunk.count)
            let prepared = try self.statement(statement.text(count: KeyChunks.size(for: chunk.count)))
            try prepared.bind(integers: before + chunk)
            try prepared.forEach(body)
        }
    }
}
