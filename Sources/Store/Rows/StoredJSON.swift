import Domain

/// JSON that the store keeps to be shown, not acted upon.
enum StoredJSON {
    /// The object in the text; one that says it is `unreadable` for anything else, so that the row it belongs to can still be listed.
    static func object(_ text: String) -> JSONObject {
        do {
            if let object = try JSONParser.parse(text).object { return object }
        } catch {
            // Said in the object itself.
        }
        return JSONObject(["unreadable": true])
    }

    /// What stands in the place of an erased name.
    static let erased = "erased"

    /// The text with every string for which `isMeant` holds replaced; what cannot be read is gone as a whole.
    static func erasing(_ text: String, _ isMeant: (String) -> Bool) -> String {
        do { return JSONWriter.text(erasing(try JSONParser.parse(text), isMeant)) } catch { return "{}" }
    }

    static func erasing(_ value: JSONValue, _ isMeant: (String) -> Bool) -> JSONValue {
        if let text = value.string { return isMeant(text) ? .string(erased) : value }
        if let array = value.array { return .array(array.map { erasing($0, isMeant) }) }
        guard let object = value.object else { return value }
        var left = JSONObject()
        for member in object { left[member.name] = erasing(member.value, isMeant) }
        return .object(left)
    }
}

extension String {
    /// Whether a name stands in the text with no letter or digit at either side, compared as bytes: `12` is not in `9123`.
    func holdsWord(_ name: String) -> Bool {
        let (text, name) = (Array(utf8), Array(name.utf8))
        guard !name.isEmpty else { return false }
        func isOfWord(_ index: Int) -> Bool {
            guard text.indices.contains(index) else { return false }
            // Of a letter beyond ASCII every byte is one.
            return text[index] >= 0x80 || Character(Unicode.Scalar(text[index])).isLetter
                || Character(Unicode.Scalar(text[index])).isNumber
        }
        var rest = text[...]
        while let range = rest.firstRange(of: name) {
            if !isOfWord(range.lowerBound - 1), !isOfWord(range.upperBound) { return true }
            rest = rest[(range.lowerBound + 1)...]
        }
        return false
    }
}
