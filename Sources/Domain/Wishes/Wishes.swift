/// What one account wants to be rung for, and when not.
package struct Wishes: Hashable, Sendable {
    /// The switch of one publication kind.
    package struct Kind: Hashable, Sendable {
        /// In capitals, as kinds are compared: `BLOG.PUBLISH-POST`.
        package var name: String
        package var push: Bool

        package init(name: String, push: Bool) {
            self.name = name
            self.push = push
        }
    }

    /// Each once, in the order they were written.
    package private(set) var kinds: [Kind]
    /// Keys of classes, each once; those the directory does not know are kept.
    package var mutedClasses: [String]
    /// A language tag; nil: the device's, or the directory's.
    package var locale: String?
    package var quietHours: OwnQuietHours?

    package init(
        kinds: [Kind] = [],
        mutedClasses: [String] = [],
        locale: String? = nil,
        quietHours: OwnQuietHours? = nil
    ) {
        self.kinds = kinds
        self.mutedClasses = mutedClasses
        self.locale = locale
        self.quietHours = quietHours
    }

    /// nil: the person has not chosen.
    package func push(_ kind: String) -> Bool? {
        kinds.first { $0.name.hasSameBytes(as: kind) }?.push
    }

    package mutating func set(_ kind: String, push: Bool) {
        if let index = kinds.firstIndex(where: { $0.name.hasSameBytes(as: kind) }) {
            kinds[index].push = push
        } else {
            kinds.append(Kind(name: kind, push: push))
        }
    }

    /// A language tag in its one form; nil for what is none.
    package static func locale(_ text: String) -> String? { RegistrationHint.locale.read(text) }

    package func mutes(_ schoolClass: String) -> Bool { mutedClasses.contains { $0.hasSameBytes(as: schoolClass) } }

    /// As the API shows it and the store keeps it.
    package var document: JSONObject {
        var kinds = JSONObject()
        for kind in self.kinds { kinds[kind.name] = ["push": .bool(kind.push)] }
        var object = JSONObject([
            "kinds": .object(kinds), "mutedClasses": .array(mutedClasses.map { .string($0) }),
            "locale": locale.map { .string($0) } ?? .null,
        ])
        object["quietHours"] = quietHours.map { .object($0.document) } ?? .null
        return object
    }
}

extension OwnQuietHours {
    package var document: JSONObject {
        JSONObject([
            "enabled": .bool(isEnabled), "timezone": timezone.map { .string($0) } ?? .null,
            "pauses": .array(
                pauses.map { pause in
                    let (from, to) = pause.texts
                    return ["from": .string(from), "to": .string(to)]
                }
            ),
        ])
    }
}

extension Wishes {
    /// The document with a merge patch applied; kinds are told apart without regard to letter case.
    package func merged(with patch: JSONValue) -> JSONValue {
        guard var object = patch.object else { return .object(document) }
        if let kinds = object["kinds"]?.object {
            var named = JSONObject()
            for kind in kinds { named[kind.name.capitalsOfASCII] = kind.value }
            object["kinds"] = .object(named)
        }
        return JSONValue.object(document).merged(with: .object(object))
    }
}
