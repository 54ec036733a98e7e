import Domain

/// MongoDB Extended JSON v2, canonical and relaxed, as the ENT's modules write documents into their messages.
///
/// Types that JSON has become JSON: `{"$numberLong": "12"}` is 12, `{"$oid": "5f…"}` its digits. A `$date` keeps its object, with a
/// number or a text in it, since only a reader who expects a time knows what to do with it
/// [mongodb.com/docs/manual/reference/mongodb-extended-json].
enum ExtendedJSON {
    static func plain(_ value: JSONValue) -> JSONValue {
        switch value {
        case .null, .bool, .number, .string: value
        case .array(let elements): .array(elements.map(plain))
        case .object(let object): typed(object) ?? .object(object.compactMapValues(plain))
        }
    }

    /// Its one member names a type; nil for an ordinary object.
    private static func typed(_ object: JSONObject) -> JSONValue? {
        guard object.count == 1, let member = object.members.first else { return nil }
        switch (member.name, member.value) {
        case ("$oid", .string), ("$symbol", .string): return member.value
        case ("$numberInt", .string(let text)), ("$numberLong", .string(let text)),
            ("$numberDouble", .string(let text)),
            ("$numberDecimal", .string(let text)):
            return JSONValue.number(reading: text) ?? member.value
        case ("$undefined", .bool): return .null
        default: return nil
        }
    }
}

extension MemberReader {
    /// A time as MongoDB, Gson or an ENT writes it: milliseconds since 1970, a text of RFC 3339, or either in `$date`.
    mutating func date(_ object: JSONObject?, _ name: String, at pointer: JSONPointer) -> Instant? {
        guard let value = Self.present(object, name) else { return nil }
        if let wrapped = value.object {
            guard wrapped["$date"] != nil else {
                fail(pointer, "wrongType", "Expected a time: milliseconds since 1970, RFC 3339, or either in $date.")
                return nil
            }
            return date(wrapped, "$date", at: pointer.member("$date"))
        }
        guard case .number = value else { return instant(object, name, at: pointer) }
        guard let milliseconds = value.int64, Instant.writable.contains(Instant(milliseconds: milliseconds)) else {
            fail(pointer, "wrongType", "Expected milliseconds since 1970.")
            return nil
        }
        return Instant(milliseconds: milliseconds)
    }
}
