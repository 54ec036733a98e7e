/// A dictionary with a bound on its entries. At the bound the least worthy quarter goes at once, so that an entry costs the logarithm of
/// the bound on average and not the bound.
struct BoundedTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let max: Int
    private var values: [Key: Value] = [:]

    init(max: Int) { self.max = max }

    subscript(key: Key) -> Value? { values[key] }

    /// `worth`: of an entry when room has to be made; the lowest go first.
    mutating func set(_ key: Key, _ value: Value, worth: (Value) -> Int64) {
        if values.count >= max, values[key] == nil {
            let sorted = values.map { (worth($0.value), $0.key) }.sorted { $0.0 < $1.0 }
            for (_, key) in sorted.prefix(max / 4 + 1) { values[key] = nil }
        }
        values[key] = value
    }
}
