package import Domain

/// Typed reads; each records the key and reports what is not allowed.
extension SettingsSection {
    /// A text; empty after a mistake without default. Without `defaultValue` the key has to be given; `check` returns what is
    /// allowed when the text is not.
    package func text(_ name: String, default defaultValue: String? = nil, check: (String) -> String? = { _ in nil })
        -> String
    {
        guard let text = optionalText(name, default: defaultValue, check: check) else {
            if isMissing(name) { missing(name) }
            return ""
        }
        return text
    }

    /// nil when it is absent or not allowed.
    package func optionalText(
        _ name: String,
        default defaultValue: String? = nil,
        check: (String) -> String? = { _ in nil }
    )
        -> String?
    {
        let found = found(name)
        let text = found?.text ?? defaultValue
        reader.record(
            key(name),
            text.map { Secret.masked(url: $0) } ?? "null",
            found?.origin ?? .defaultValue,
            default: defaultValue ?? "null"
        )
        guard let text else { return nil }
        let mistake =
            text.isEmpty ? "must not be empty" : text.utf8.count > 1000 ? "is longer than 1000 bytes" : check(text)
        if let mistake {
            reader.mistake(key(name), found?.origin ?? origin(of: name), value: Secret.masked(url: text), mistake)
            return defaultValue
        }
        return text
    }

    /// One of a few words.
    package func word<Word: RawRepresentable & CaseIterable>(_ name: String, default defaultValue: Word) -> Word
    where Word.RawValue == String {
        let words = Word.allCases.map(\.rawValue)
        let text = text(name, default: defaultValue.rawValue) { text in
            words.contains(text) ? nil : "must be one of \(words.joined(separator: ", "))" + Self.hint(text, words)
        }
        return Word(rawValue: text) ?? defaultValue
    }

    package func integer(_ name: String, default defaultValue: Int, in range: ClosedRange<Int>, unit: String = "")
        -> Int
    {
        let found = found(name)
        guard let found, let text = found.text else {
            reader.record(
                key(name),
                String(defaultValue),
                found?.origin ?? .defaultValue,
                default: String(defaultValue)
            )
            return defaultValue
        }
        guard found.isPlain, let value = WholeNumber.read(text), range.contains(value) else {
            let unit = unit.isEmpty ? "" : " \(unit)"
            reader.mistake(
                key(name),
                found.origin,
                value: text,
                "must be a whole number from \(range.lowerBound) to \(range.upperBound)\(unit)"
            )
            return defaultValue
        }
        reader.record(key(name), String(value), found.origin, default: String(defaultValue))
        return value
    }

    package func bool(_ name: String, default defaultValue: Bool) -> Bool {
        let found = found(name)
        guard let found, let text = found.text else {
            reader.record(key(name), "\(defaultValue)", found?.origin ?? .defaultValue, default: "\(defaultValue)")
            return defaultValue
        }
        guard found.isPlain, let value = Bool(text) else {
            reader.mistake(key(name), found.origin, value: text, "must be true or false")
            return defaultValue
        }
        reader.record(key(name), text, found.origin, default: "\(defaultValue)")
        return value
    }

    /// The first moment of a day, UTC; nil when it is absent or not allowed.
    package func day(_ name: String) -> Instant? {
        func instant(_ text: String) -> Instant? { Instant(rfc3339: text + "T00:00:00Z") }
        return optionalText(name) { instant($0) == nil ? "must be a day such as 2027-03-04" : nil }.flatMap(instant)
    }

    /// A path, made absolute from the folder of the file; nil when it is absent.
    func optionalPath(_ name: String) -> String? {
        optionalText(name).map(reader.absolute)
    }

    package func path(_ name: String, default defaultValue: String? = nil) -> String {
        let text = text(name, default: defaultValue)
        return text.isEmpty ? text : reader.absolute(text)
    }

    /// A name that becomes part of a lane's name or of a metric's label.
    package func name(_ name: String = "name", default defaultValue: String? = nil) -> String {
        text(name, default: defaultValue) { text in
            let isFine = text.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) || "-_.".contains($0) }
            return isFine && text.utf8.count <= 64 ? nil : "must be at most 64 of a-z, 0-9, '-', '_' and '.'"
        }
    }

    /// The host of a provider, `https://host[:port]`.
    package func endpoint(default defaultValue: String) -> String {
        text("endpoint", default: defaultValue) { text in
            guard text.isURL(schemes: ["https://"]), !text.dropFirst(8).contains(where: { "/?#@".contains($0) }) else {
                return "must be https://host or https://host:port, without a path"
            }
            return nil
        }
    }

    func missing(_ name: String) {
        reader.mistake(key(name), origin(of: name), "is required")
    }

    /// Absent, and not already reported as wrong.
    private func isMissing(_ name: String) -> Bool {
        !reader.mistakes.contains { $0.key == key(name) }
    }

    private static func hint(_ text: String, _ words: [String]) -> String {
        NearMiss.of(text, among: words).map { "; did you mean \($0)?" } ?? ""
    }
}
