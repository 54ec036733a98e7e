/// What a person has switched in the ENT's own preference document, `preference.timeline`:
/// `{"page":0,"type":["BLOG"],"config":{"blog.publish-post":{"push-notif":false,"type":"BLOG","event-type":"PUBLISH-POST"}}}`.
///
/// The web and the app write the whole document, whatever it holds; only the switch of each kind is taken.
package struct TimelineChoices: Hashable, Sendable {
    /// The switch of one publication kind.
    package struct Choice: Hashable, Sendable {
        /// In capitals, as ``PublicationKind`` names are compared: `BLOG.PUBLISH-POST`.
        package var kind: String
        package var push: Bool

        package init(kind: String, push: Bool) {
            self.kind = kind
            self.push = push
        }
    }

    /// More than all applications of the ENT have together.
    package static let choicesMax = 500

    /// In the order of the document, each kind once; a kind without a `push-notif` is not in it.
    package private(set) var choices: [Choice] = []
    /// Entries that are no switch of a kind: a `push-notif` that is no boolean, a name that no kind can have, more than ``choicesMax``.
    package private(set) var leftOut = 0

    package init() {}

    package init(_ choices: [Choice]) { self.choices = choices }

    /// nil when the document is none, or its `config` is no object.
    ///
    /// - Parameter document: the document as an object; or as the text the ENT keeps, empty for none; or null.
    package init?(document: JSONValue) {
        guard let object = Self.object(document) else { return nil }
        guard let config = object["config"], !config.isNull else { return }
        guard let config = config.object else { return nil }
        var seen: Set<ExactText> = []
        for member in config.members {
            guard let entry = member.value.object else {
                leftOut += 1
                continue
            }
            guard let push = entry["push-notif"], !push.isNull else { continue }
            guard let push = push.bool, let kind = Self.kind(member.name, entry), choices.count < Self.choicesMax,
                seen.insert(ExactText(kind)).inserted
            else {
                leftOut += 1
                continue
            }
            choices.append(Choice(kind: kind, push: push))
        }
    }

    /// `GET /userbook/preference/timeline` gives the document as a text in `preference`, and a copy may be a text again: three wrappings.
    private static func object(_ document: JSONValue, wrappings: Int = 3) -> JSONObject? {
        switch document {
        case .null: return JSONObject()
        case .object(let object):
            guard object["config"] == nil, let inner = object["preference"] else { return object }
            return wrappings > 0 ? Self.object(inner, wrappings: wrappings - 1) : nil
        case .string(let text):
            guard text.utf8.contains(where: { $0 > 0x20 }) else { return JSONObject() }
            guard wrappings > 0 else { return nil }
            do throws(JSONError) {
                return Self.object(try JSONParser.parse(text, depthMax: 8), wrappings: wrappings - 1)
            } catch { return nil }
        default: return nil
        }
    }

    /// The type and the event of the entry; an entry without them is named by its member.
    private static func kind(_ name: String, _ entry: JSONObject) -> String? {
        var kind = name
        if let type = entry["type"]?.string, let event = entry["event-type"]?.string, !type.isEmpty, !event.isEmpty {
            kind = type + "." + event
        }
        guard kind.utf8.contains(UInt8(ascii: ".")), kind.utf8.count <= 256, !kind.holdsControl else { return nil }
        return kind.capitalsOfASCII
    }
}

extension String {
    /// ASCII letters in capitals, all others as they are.
    package var capitalsOfASCII: String {
        guard utf8.contains(where: { (0x61...0x7A).contains($0) }) else { return self }
        return String(decoding: utf8.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }, as: UTF8.self)
    }
}
