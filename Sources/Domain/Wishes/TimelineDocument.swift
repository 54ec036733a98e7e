/// The ENT's own preference document of one account, as One Pocket reads and writes it [ENT facts 3.4]. Whatever else it holds is the
/// app's affair and is kept; the switches in it are those of the wishes.
package enum TimelineDocument {
    /// The document that was written last, with the switches of now; without one a document of the switches alone.
    ///
    /// `kept`: the text as it came; nil when there is none.
    package static func text(kept: String?, _ wishes: Wishes) -> String {
        var document = kept.flatMap(object) ?? JSONObject()
        var config = document["config"]?.object ?? JSONObject()
        var shown: Set<ExactText> = []
        config = config.compactMapValues { value in
            guard var entry = value.object, let kind = kind(entry) else { return value }
            shown.insert(ExactText(kind))
            if let push = wishes.push(kind) { entry["push-notif"] = .bool(push) }
            return .object(entry)
        }
        for kind in wishes.kinds where !shown.contains(ExactText(kind.name)) {
            let parts = kind.name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let key = kind.name.lowercased()
            guard parts.count == 2, config[key] == nil else { continue }
            config[key] = [
                "push-notif": .bool(kind.push), "type": .string(parts[0]), "event-type": .string(parts[1]),
                "key": .string(key),
            ]
        }
        if !config.isEmpty || document["config"] != nil { document["config"] = .object(config) }
        return JSONWriter.text(.object(document))
    }

    private static func object(_ text: String) -> JSONObject? {
        do { return try JSONParser.parse(text).object } catch { return nil }
    }

    private static func kind(_ entry: JSONObject) -> String? {
        guard let type = entry["type"]?.string, let event = entry["event-type"]?.string else { return nil }
        return (type + "." + event).capitalsOfASCII
    }
}
