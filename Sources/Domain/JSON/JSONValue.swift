/// A JSON value as posted: numbers keep their text, object members keep their order.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// The number's own text, checked against the grammar of RFC 8259 §6.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue {
    package var isNull: Bool { self == .null }

    package var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    package var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    package var array: [JSONValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    package var object: JSONObject? {
        guard case .object(let value) = self else { return nil }
        return value
    }

    /// A whole number that fits, judged by its value and not by its spelling: also `1.0`, `1e3` and `1.7567136E12` [RFC 8259 §6].
    package var int64: Int64? {
        guard case .number(let text) = self else { return nil }
        return Int64(text) ?? JSONNumber.whole(text)
    }

    /// The nearest double; nil when the number overflows to infinity.
    package var double: Double? {
        guard case .number(let text) = self, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// The member of an object; nil when there is none or this is no object.
    package subscript(name: String) -> JSONValue? { object?[name] }

    /// The JSON type's name, for messages: `null boolean number string array object`.
    package var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// A number from its text; nil when the text is none of RFC 8259.
    package static func number(reading text: String) -> JSONValue? {
        JSONNumber.isNumber(text) ? .number(text) : nil
    }

    /// A number from an integer.
    package static func number(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(nilLiteral: ()) { self = .null }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int64) { self = .number(String(value)) }
    package init(floatLiteral value: Double) { self = .number("\(value)") }
    package init(stringLiteral value: String) { self = .string(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    /// Two equal names in a literal are a programming error.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (name, value) in elements {
            precondition(object[name] == nil, "A JSON literal names a member twice.")
            object[name] = value
        }
        self = .object(object)
    }
}
