/// Walks a body along ``FCMSchema``, as the JSON transcoder in front of FCM does.
enum FCMSchemaCheck {
    /// Refuses what the schema does not know and gives back the members under their lowerCamel names.
    ///
    /// - Throws: The first mistake, members taken in the order of their names so that equal bodies get equal answers.
    static func members(
        of value: JSON,
        schema: [String: FCMSchema.Kind],
        path: String
    ) throws(FCMError) -> [String: JSON] {
        guard let given = value.object else {
            throw .schema(path, "Invalid value at '\(path)' (Map), expected an object")
        }
        var checked: [String: JSON] = [:]
        for (name, member) in given.sorted(by: { $0.key < $1.key }) {
            let known = lowerCamel(name)
            guard let kind = schema[known] else {
                let place = path.isEmpty ? "" : " at '\(path)'"
                throw .schema(
                    path,
                    "Invalid JSON payload received. Unknown name \"\(name)\"\(place): Cannot find field."
                )
            }
            // proto3 JSON: null is the same as absent.
            if member == .null { continue }
            checked[known] = try check(
                member,
                kind: kind,
                path: path.isEmpty ? snake(known) : "\(path).\(snake(known))"
            )
        }
        return checked
    }

    private static func check(_ value: JSON, kind: FCMSchema.Kind, path: String) throws(FCMError) -> JSON {
        switch (kind, value) {
        case (.string, .string), (.bool, .bool), (.float, .integer), (.float, .number), (.anyObject, .object): break
        case (.int32, .integer(let number)) where Int32(exactly: number) != nil: break
        case (.int32, .string(let text)) where Int32(text) != nil: break
        case (.duration, .string(let text)) where seconds(ofDuration: text) != nil: break
        case (.timestamp, .string(let text)) where text.utf8.count >= 20 && text.utf8.last == UInt8(ascii: "Z"): break
        case (.enumeration(_, let names), .string(let name)) where names.contains(name): break
        case (.stringMap, .object(let entries)):
            for (index, entry) in entries.sorted(by: { $0.key < $1.key }).enumerated() {
                guard entry.value.string == nil else { continue }
                throw invalid("\(path)[\(index)].value", "TYPE_STRING", entry.value)
            }
        case (.list(let element), .array(let items)):
            for (index, item) in items.enumerated() { _ = try check(item, kind: element, path: "\(path)[\(index)]") }
        case (.message(let schema), _): return .object(try members(of: value, schema: schema, path: path))
        default: throw invalid(path, typeName(kind), value)
        }
        return value
    }

    /// `3.5s`: seconds with up to nine decimals and the letter s (google-duration). Nil for anything else.
    static func seconds(ofDuration text: String) -> Double? {
        guard text.utf8.last == UInt8(ascii: "s") else { return nil }
        let number = text.dropLast()
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        let whole = parts[0].first == "-" ? parts[0].dropFirst() : parts[0]
        guard parts.count <= 2, !whole.isEmpty, whole.utf8.allSatisfy(\.isDigit) else { return nil }
        if parts.count == 2 {
            guard (1...9).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy(\.isDigit) else { return nil }
        }
        return Double(number)
    }

    private static func invalid(_ path: String, _ type: String, _ value: JSON) -> FCMError {
        .schema(path, "Invalid value at '\(path)' (\(type)), \(String(decoding: value.serialized, as: UTF8.self))")
    }

    private static func typeName(_ kind: FCMSchema.Kind) -> String {
        switch kind {
        case .string: "TYPE_STRING"
        case .bool: "TYPE_BOOL"
        case .int32: "TYPE_INT32"
        case .float: "TYPE_FLOAT"
        case .duration: "type.googleapis.com/google.protobuf.Duration"
        case .timestamp: "type.googleapis.com/google.protobuf.Timestamp"
        case .enumeration(let type, _): "type.googleapis.com/google.firebase.fcm.v1.\(type)"
        case .stringMap, .anyObject, .message: "Map"
        case .list: "List"
        }
    }

    /// Google accepts both spellings of a field name.
    private static func lowerCamel(_ name: String) -> String {
        let words = name.split(separator: "_")
        guard words.count > 1 else { return name }
        return words.dropFirst().reduce(String(words[0])) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
    }

    /// Error messages name fields as the .proto does.
    private static func snake(_ name: String) -> String {
        name.reduce(into: "") { result, character in
            result += character.isUppercase ? "_" + character.lowercased() : String(character)
        }
    }
}
