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
}
