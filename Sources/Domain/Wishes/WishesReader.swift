/// Reads the document of wishes and collects every mistake. Members nobody asks for are passed over.
package struct WishesReader {
    /// More kinds than all applications of the ENT have together.
    package static let kindsMax = 500
    package static let classesMax = 200
    package static let pausesMax = 50
    package static let nameBytesMax = 256

    /// Every mistake of a document.
    package struct DocumentError: Error, Hashable, Sendable {
        package var errors: [FieldError]
    }

    private let isKnownZone: (String) -> Bool
    private var errors: [FieldError] = []

    /// `isKnownZone`: whether the IANA database has a zone of that name.
    package init(isKnownZone: @escaping (String) -> Bool) { self.isKnownZone = isKnownZone }

    package mutating func read(_ value: JSONValue) throws(DocumentError) -> Wishes {
        guard let object = value.object else {
            throw DocumentError(errors: [FieldError(.root, "wrongType", "Expected an object.")])
        }
        let wishes = Wishes(
            kinds: kinds(object),
            mutedClasses: classes(object),
            locale: locale(object),
            quietHours: quietHours(object)
        )
        guard errors.isEmpty else { throw DocumentError(errors: errors) }
        return wishes
    }

    private mutating func fail(_ place: JSONPointer, _ code: String, _ detail: String) {
        // A document of mistakes is named by its first hundred.
        if errors.count < 100 { errors.append(FieldError(place, code, detail)) }
    }

    /// nil when the member is absent or null, or of another type, which is then a mistake.
    private mutating func member<Value>(
        _ name: String,
        of object: JSONObject,
        at place: JSONPointer,
        _ type: String,
        _ read: (JSONValue) -> Value?
    ) -> Value? {
        guard let value = object[name], !value.isNull else { return nil }
        guard let read = read(value) else {
            fail(place.member(name), "wrongType", "Expected \(type), found \(value.typeName).")
            return nil
        }
        return read
    }

    private mutating func kinds(_ object: JSONObject) -> [Wishes.Kind] {
        guard let members = member("kinds", of: object, at: .root, "an object", \.object) else { return [] }
        let place = JSONPointer("/kinds")
        guard members.count <= Self.kindsMax else {
            fail(place, "tooMany", "At most \(Self.kindsMax) kinds.")
            return []
        }
        var seen: Set<ExactText> = []
        return members.compactMap { entry in
            let place = place.member(entry.name)
            let name = entry.name.capitalsOfASCII
            guard name.utf8.contains(UInt8(ascii: ".")), name.utf8.count <= Self.nameBytesMax, !name.holdsControl else {
                fail(place, "malformed", "A kind is named APPLICATION.ACTION, at most \(Self.nameBytesMax) bytes.")
                return nil
            }
            guard seen.insert(ExactText(name)).inserted else {
                fail(place, "duplicate", "This kind is named twice: letter case does not count.")
                return nil
            }
            if entry.value.isNull { return nil }
            guard let wish = entry.value.object else {
                fail(place, "wrongType", "Expected an object, found \(entry.value.typeName).")
                return nil
            }
            return member("push", of: wish, at: place, "a boolean", \.bool).map { Wishes.Kind(name: name, push: $0) }
        }
    }

    private mutating func classes(_ object: JSONObject) -> [String] {
        guard let values = member("mutedClasses", of: object, at: .root, "an array", \.array) else { return [] }
        guard values.count <= Self.classesMax else {
            fail("/mutedClasses", "tooMany", "At most \(Self.classesMax) classes.")
            return []
        }
        var seen: Set<ExactText> = []
        return values.enumerated().compactMap { index, value in
            guard let key = value.string, (1...Self.nameBytesMax).contains(key.utf8.count), !key.holdsControl else {
                fail(
                    JSONPointer("/mutedClasses").index(index),
                    "malformed",
                    "Expected the key of a class, at most \(Self.nameBytesMax) bytes."
                )
                return nil
            }
            return seen.insert(ExactText(key)).inserted ? key : nil
        }
    }

    private mutating func locale(_ object: JSONObject) -> String? {
        guard let text = member("locale", of: object, at: .root, "a string", \.string) else { return nil }
        guard let locale = RegistrationHint.locale.read(text) else {
            fail("/locale", "malformed", "Expected a language tag such as fr or pt-BR.")
            return nil
        }
        return locale
    }

    private mutating func quietHours(_ object: JSONObject) -> OwnQuietHours? {
        guard let own = member("quietHours", of: object, at: .root, "an object", \.object) else { return nil }
        let place = JSONPointer("/quietHours")
        let isEnabled = member("enabled", of: own, at: place, "a boolean", \.bool) ?? true
        let zone = member("timezone", of: own, at: place, "a string", \.string)
        if let zone, RegistrationHint.timezone.read(zone) == nil || !isKnownZone(zone) {
            fail(place.member("timezone"), "unknownValue", "Expected a zone of the IANA database such as Europe/Paris.")
        }
        let values = member("pauses", of: own, at: place, "an array", \.array) ?? []
        guard values.count <= Self.pausesMax else {
            fail(place.member("pauses"), "tooMany", "At most \(Self.pausesMax) pauses.")
            return nil
        }
        let pauses = values.enumerated().compactMap { index, value in
            pause(value, at: place.member("pauses").index(index))
        }
        if WeekOfMinutes(pauses).isAlwaysQuiet {
            fail(
                place.member("pauses"),
                "neverOpens",
                "Together these pauses take the whole week: nothing would ever ring."
            )
        }
        return OwnQuietHours(isEnabled: isEnabled, timezone: zone, pauses: pauses)
    }

    private mutating func pause(_ value: JSONValue, at place: JSONPointer) -> Pause? {
        guard let from = value["from"]?.string, let to = value["to"]?.string else {
            fail(place, "wrongType", "Expected an object with from and to, such as 20:00 and 07:00.")
            return nil
        }
        do throws(Pause.FormatError) { return try Pause(from: from, to: to) } catch {
            let name: String? =
                switch error {
                case .from: "from"
                case .to: "to"
                case .mixed, .empty: nil
                }
            fail(name.map(place.member) ?? place, "malformed", "A pause " + error.detail + ".")
            return nil
        }
    }
}
