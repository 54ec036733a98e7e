package import Domain

/// What a member of the contract may hold.
package protocol WireValue: Sendable {
    /// Its JSON type, as `openapi.json` names it.
    static var wireType: WireType { get }
    /// nil for JSON that is none.
    init?(wire: JSONValue)
    /// As ``init(wire:)`` for a screen: of a list there is what can be read, and `unread` is one more for each element that cannot.
    init?(shown json: JSONValue, unread: inout Int)
    var wire: JSONValue { get }
}

extension WireValue {
    package init?(shown json: JSONValue, unread: inout Int) { self.init(wire: json) }
}

/// The JSON type of a member.
package struct WireType: Hashable, Sendable {
    /// A name of JSON Schema: `string integer number boolean array object`; empty: any.
    package var name: String
    package var isNullable = false

    package init(_ name: String) { self.name = name }

    /// For whoever sent something else.
    var expected: String {
        name.isEmpty ? "any JSON" : (name.first == "i" || name.first == "a" || name.first == "o" ? "an " : "a ") + name
    }
}

extension String: WireValue {
    package static var wireType: WireType { .init("string") }
    package init?(wire: JSONValue) {
        guard let text = wire.string else { return nil }
        self = text
    }
    package var wire: JSONValue { .string(self) }
}

extension Bool: WireValue {
    package static var wireType: WireType { .init("boolean") }
    package init?(wire: JSONValue) {
        guard let value = wire.bool else { return nil }
        self = value
    }
    package var wire: JSONValue { .bool(self) }
}

extension Int: WireValue {
    package static var wireType: WireType { .init("integer") }
    package init?(wire: JSONValue) {
        guard let number = wire.int64, let value = Int(exactly: number) else { return nil }
        self = value
    }
    package var wire: JSONValue { .number(self) }
}

extension Double: WireValue {
    package static var wireType: WireType { .init("number") }
    package init?(wire: JSONValue) {
        guard let value = wire.double else { return nil }
        self = value
    }
    package var wire: JSONValue { .number("\(self)") }
}

/// RFC 3339, in UTC.
extension Instant: WireValue {
    package static var wireType: WireType { .init("string") }
    package init?(wire: JSONValue) {
        guard let instant = wire.string.flatMap({ Instant(rfc3339: $0) }) else { return nil }
        self = instant
    }
    package var wire: JSONValue { .string(rfc3339) }
}

extension JSONObject: WireValue {
    package static var wireType: WireType { .init("object") }
    package init?(wire: JSONValue) {
        guard let object = wire.object else { return nil }
        self = object
    }
    package var wire: JSONValue { .object(self) }
}

extension JSONValue: WireValue {
    package static var wireType: WireType { .init("") }
    package init?(wire: JSONValue) { self = wire }
    package var wire: JSONValue { self }
}

extension Array: WireValue where Element: WireValue {
    package static var wireType: WireType { .init("array") }
    package init?(wire: JSONValue) {
        guard let elements = wire.array else { return nil }
        var values: [Element] = []
        for element in elements {
            guard let value = Element(wire: element) else { return nil }
            values.append(value)
        }
        self = values
    }
    package init?(shown json: JSONValue, unread: inout Int) {
        guard let elements = json.array else { return nil }
        var values: [Element] = []
        for element in elements {
            // An element that cannot be read is one, whatever it holds.
            var within = 0
            if let value = Element(shown: element, unread: &within) {
                values.append(value)
                unread += within
            } else {
                unread += 1
            }
        }
        self = values
    }
    package var wire: JSONValue { .array(map(\.wire)) }
}

extension Optional: WireValue where Wrapped: WireValue {
    package static var wireType: WireType {
        var type = Wrapped.wireType
        type.isNullable = true
        return type
    }
    package init?(wire: JSONValue) {
        guard !wire.isNull else {
            self = .none
            return
        }
        guard let value = Wrapped(wire: wire) else { return nil }
        self = value
    }
    package init?(shown json: JSONValue, unread: inout Int) {
        guard !json.isNull else {
            self = .none
            return
        }
        guard let value = Wrapped(shown: json, unread: &unread) else { return nil }
        self = value
    }
    package var wire: JSONValue { map(\.wire) ?? .null }
}
