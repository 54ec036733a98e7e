package import Domain

/// How many there are of each: an object of numbers, in the order it was filled.
package struct Counts: Hashable, WireValue {
    package private(set) var members = JSONObject()

    package init() {}

    /// In the order of the names.
    package init(_ counts: [String: Int]) {
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) { self[name] = count }
    }

    package static var wireType: WireType { .init("object") }
    package init?(wire: JSONValue) {
        guard let object = wire.object, object.allSatisfy({ $0.value.int64 != nil }) else { return nil }
        members = object
    }
    package var wire: JSONValue { .object(members) }

    package subscript(name: String) -> Int? {
        get { members[name].flatMap { Int(wire: $0) } }
        set { members[name] = newValue.map { .number($0) } }
    }

    /// For people: `accepted 3, expired 1`.
    package var text: String { members.map { "\($0.name) \($0.value.int64 ?? 0)" }.joined(separator: ", ") }
}
