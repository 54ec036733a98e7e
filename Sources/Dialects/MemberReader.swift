import Domain

/// Reads members of an event, checks their types and bounds, and collects every mistake with its pointer.
///
/// null counts as absent everywhere: CloudEvents says so of attributes, and the ENT writes null for what it does not set.
struct MemberReader {
    let limits: Limits
    private(set) var errors: [FieldError] = []
    /// For the receipt of an event that is right.
    private(set) var warnings: [ReceiptWarning] = []

    init(limits: Limits) { self.limits = limits }

    mutating func fail(_ pointer: JSONPointer, _ code: String, _ detail: String) {
        if errors.count < EventRefusal.errorsMax { errors.append(FieldError(pointer, code, detail)) }
    }

    mutating func warn(_ pointer: JSONPointer, _ code: String, _ detail: String) {
        guard warnings.count < EventRefusal.errorsMax else { return }
        warnings.append(ReceiptWarning(pointer: pointer.description, code: code, detail: detail))
    }

    /// Members nobody asked for: they are ignored, and their sender may think otherwise.
    mutating func warnOfUnknown(_ object: JSONObject?, known: Set<String>, at pointer: JSONPointer) {
        for member in object ?? JSONObject() where !known.contains(member.name) {
            // A name from outside is as long as a body.
            let name = member.name.cut(utf8Bytes: 64).escapingHidden()
            warn(pointer.member(name), "unknownMember", "This member is not known here and is ignored.")
        }
    }

    /// Ends the reading when there was a mistake.
    func finish() throws(EventRefusal) {
        guard errors.isEmpty else { throw .invalid(errors) }
    }

    static func present(_ object: JSONObject?, _ name: String) -> JSONValue? {
        guard let value = object?[name], !value.isNull else { return nil }
        return value
    }

    // MARK: - Strings

    /// An optional string; any content.
    mutating func text(_ object: JSONObject?, _ name: String, at pointer: JSONPointer) -> String? {
        guard let value = Self.present(object, name) else { return nil }
        guard let text = value.string else {
            fail(pointer, "wrongType", "Expected a string, found \(value.typeName).")
            return nil
        }
        return text
    }

    /// An identifier from outside: not blank, no control characters, bounded.
    mutating func identifier(
        _ object: JSONObject?,
        _ name: String,
        at pointer: JSONPointer,
        isRequired: Bool = false,
        bytesMax: Int? = nil
    ) -> String? {
        guard Self.present(object, name) != nil else {
            if isRequired { fail(pointer, "missing", "This member is required.") }
            return nil
        }
        guard let text = text(object, name, at: pointer) else { return nil }
        return checked(text, at: pointer, bytesMax: bytesMax ?? limits.identifierBytesMax)
    }

    /// The text when it may serve as an identifier.
    mutating func checked(_ text: String, at pointer: JSONPointer, bytesMax: Int) -> String? {
        // Nearly all begin with a letter or digit: no Unicode tables for those.
        let beginsPlainly = text.utf8.first.map { (0x21...0x7E).contains($0) } ?? false
        guard beginsPlainly || !text.allSatisfy(\.isWhitespace) else {
            fail(pointer, "empty", "Expected a string that is not empty.")
            return nil
        }
        guard text.utf8.count <= bytesMax else {
            fail(pointer, "tooLong", "Expected at most \(bytesMax) bytes.")
            return nil
        }
        return withoutControls(text, at: pointer)
    }

    /// The name of a person or a thing: plain text on one line. Controls and overrides would change how the text around it reads.
    mutating func name(_ object: JSONObject?, _ name: String, at pointer: JSONPointer) -> String? {
        text(object, name, at: pointer).flatMap { withoutControls($0, at: pointer) }.map(PlainText.cleanLine)
    }

    private mutating func withoutControls(_ text: String, at pointer: JSONPointer) -> String? {
        guard !text.holdsControl else {
            fail(pointer, "malformed", "Control characters and bidirectional overrides are not allowed here.")
            return nil
        }
        return text
    }

    /// Where a notification leads: a path, or an absolute http or https URL. Anything else would be opened by whatever app takes the scheme.
    mutating func link(_ object: JSONObject?, _ name: String, at pointer: JSONPointer) -> String? {
        guard let text = text(object, name, at: pointer), !text.isEmpty else { return nil }
        guard text.utf8.count <= limits.linkBytesMax else {
            fail(pointer, "tooLong", "Expected at most \(limits.linkBytesMax) bytes.")
            return nil
        }
        guard let text = withoutControls(text, at: pointer) else { return nil }
        guard Link.isAllowed(text) else {
            fail(pointer, "unknownValue", "Expected a path, or a URL of http or https.")
            return nil
        }
        return text
    }

    /// A word of a closed list.
    mutating func word<Word>(
        _ object: JSONObject?,
        _ name: String,
        at pointer: JSONPointer,
        _ read: (String) -> Word?,
        _ expected: String
    ) -> Word? {
        guard let text = text(object, name, at: pointer) else { return nil }
        guard let word = read(text) else {
            fail(pointer, "unknownValue", "Expected \(expected).")
            return nil
        }
        return word
    }

    // MARK: - Other types

    mutating func instant(_ object: JSONObject?, _ name: String, at pointer: JSONPointer) -> Instant? {
        guard let text = text(object, name, at: pointer) else { return nil }
        guard let instant = Instant(rfc3339: text) else {
            fail(pointer, "malformed", "Expected a time of RFC 3339 with an offset.")
            return nil
        }
        return instant
    }

    /// A time an event waits for: events that would wait for years only take room.
    mutating func soon(_ instant: Instant?, at pointer: JSONPointer, _ receivedAt: Instant) -> Instant? {
        guard let instant, instant > receivedAt + .seconds(limits.scheduleAheadDays * 86_400) else { return instant }
        fail(pointer, "tooLate", "Expected a time at most \(limits.scheduleAheadDays) days ahead.")
        return nil
    }

    mutating func object(_ object: JSONObject?, _ name: String, at pointer: JSONPointer) -> JSONObject? {
        guard let value = Self.present(object, name) else { return nil }
        guard let member = value.object else {
            fail(pointer, "wrongType", "Expected an object, found \(value.typeName).")
            return nil
        }
        return member
    }

    // MARK: - Texts for the phone

    /// Plain text on one line, within the limit; nil when nothing is left that can be seen.
    mutating func title(_ text: String?, at pointer: JSONPointer) -> String? {
        guard let text else { return nil }
        let title = shown(PlainText.cleanLine(text), charactersMax: limits.titleCharactersMax, at: pointer)
        return title.showsNothing ? nil : title
    }

    mutating func body(_ text: String?, at pointer: JSONPointer) -> String {
        guard let text else { return "" }
        let body = PlainText.clean(text)
        return body.showsNothing ? "" : shown(body, charactersMax: limits.bodyCharactersMax, at: pointer)
    }

    private mutating func shown(_ text: String, charactersMax: Int, at pointer: JSONPointer) -> String {
        let cut = text.cut(graphemes: charactersMax)
        if cut.utf8.count != text.utf8.count || !cut.hasSameBytes(as: text) {
            warn(pointer, "textCut", "Cut to \(charactersMax) characters.")
        }
        return cut.withBalancedDirections
    }
}

/// Bytes of an application's and an action's name: they are routing words and part of a metric's label.
let routingWordBytesMax = 64
