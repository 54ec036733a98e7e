import Database

/// A statement that reads the rows of many keys at once. `(?*)` stands for the keys.
///
/// A list of plain parameters, which every SQL database reads, in a few fixed lengths, so that each text is prepared once and found again.
/// A test holds each to its index.
protocol KeyedStatement: RawRepresentable<String> {}

extension KeyedStatement {
    /// With `count` parameters for the keys.
    func text(count: Int) -> String {
        rawValue.replacing("(?*)", with: "(" + Array(repeating: "?", count: count).joined(separator: ",") + ")")
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
