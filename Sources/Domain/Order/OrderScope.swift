/// Which deliveries an order is about: a filter in its words, or deliveries by name.
package struct OrderScope: Hashable, Sendable {
    package var words = FilterWords()
    /// Instead of the words; ascending.
    package var deliveries: [DeliveryID] = []
    /// What is released or tried again after its time gets its event's time to live anew.
    package var isFresh = false

    package init() {}

    package var isEmpty: Bool { words.isEmpty && deliveries.isEmpty }

    /// The event when the order is about all of it, the pages that are still to be made as well.
    package var wholeEvent: EventID? {
        var others = words
        others[.event] = []
        return others.isEmpty && deliveries.isEmpty ? words[.event].first.flatMap { EventID($0) } : nil
    }

    /// True when dead letters were asked for.
    package var namesDead: Bool { !deliveries.isEmpty || words.names(.dead) }

    /// For headers and the audit log.
    package var description: String {
        guard !deliveries.isEmpty else { return words.description + (isFresh ? ", fresh" : "") }
        let names = deliveries.prefix(5).map(\.description).joined(separator: " ")
        return (deliveries.count > 5 ? "\(names) and \(deliveries.count - 5) more" : names) + (isFresh ? ", fresh" : "")
    }

    /// JSON: how the order goes on after a restart, and what the audit log seals.
    package var text: String { JSONWriter.text(.object(json)) }

    /// `words` or `deliveries`, and `fresh`.
    package var json: JSONObject {
        var object = JSONObject()
        if deliveries.isEmpty {
            object["words"] = .object(words.json)
        } else {
            object["deliveries"] = .array(deliveries.map { .string($0.description) })
        }
        if isFresh { object["fresh"] = true }
        return object
    }

    /// Reads ``text``; nil for anything else.
    package init?(text: String) {
        guard let object = Self.object(text) else { return nil }
        if let ids = object["deliveries"]?.array {
            deliveries = ids.compactMap { $0.string.flatMap { DeliveryID($0) } }
            guard deliveries.count == ids.count, !ids.isEmpty else { return nil }
        } else if let members = object["words"]?.object {
            do throws(FilterWords.WordError) { words = try FilterWords(json: members) } catch { return nil }
        } else {
            return nil
        }
        isFresh = object["fresh"] == true
    }

    private static func object(_ text: String) -> JSONObject? {
        do { return try JSONParser.parse(text).object } catch { return nil }
    }
}
