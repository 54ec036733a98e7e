package import Domain

/// One line of an import of the ENT's preferences.
package struct PreferencesLine: Hashable, Sendable {
    /// A removal names the person only.
    package var operation: DirectoryLine.Action
    package var record: PreferencesRecord
    /// From 1.
    package var line: Int

    package init(_ operation: DirectoryLine.Action, _ record: PreferencesRecord, line: Int) {
        self.operation = operation
        self.record = record
        self.line = line
    }
}

/// Reads an import of the format `preferences`, one JSON object a line, in bounded memory, blocking:
/// `{"op":"upsert","kind":"preferences","id":"<ENT id>","preference":<text or object>,"language":"fr"}`.
///
/// One wrong line refuses the whole file. What a document holds beside the switches is its writer's affair and is passed over.
package struct PreferencesReader {
    /// A document of all kinds of the ENT has 15 KB, and as a text inside JSON a third more.
    package static let lineBytesMax = 256 * 1024
    /// Bytes of a language tag [RFC 5646 §4.4.1].
    private static let languageBytesMax = 35

    private let file: String
    private let userIDBytesMax: Int

    /// - Parameters:
    ///   - file: name for errors; nothing is opened.
    ///   - limits: those of identifiers.
    package init(file: String, limits: Limits = Limits()) {
        self.file = file
        userIDBytesMax = limits.userIDBytesMax
    }

    /// - Parameters:
    ///   - path: a plain file.
    ///   - sink: takes each line; must be able to throw everything away, since a mistake may come last.
    /// - Returns: the number of lines handed to `sink`.
    /// - Throws: ``ExportError``, or what `sink` threw.
    package func read(path: String, into sink: (PreferencesLine) throws -> Void) throws -> Int {
        let input = try InputFile(path: path)
        return try read(from: { try input.read(into: $0) }, into: sink)
    }

    /// The same for any source: `fill` puts bytes at the start of the buffer and returns their number, 0 at the end.
    package func read(
        from fill: (UnsafeMutableRawBufferPointer) throws -> Int,
        into sink: (PreferencesLine) throws -> Void
    ) throws -> Int {
        try ObjectLines(file: file, lineBytesMax: Self.lineBytesMax).read(from: fill, line, into: sink)
    }

    private func line(_ object: JSONObject, _ number: Int) throws(LineError) -> PreferencesLine {
        let members = LineMembers(object: object, keyBytesMax: userIDBytesMax)
        let operation = try members.operation()
        guard try members.required("kind") == "preferences" else { throw .unknownValue("kind") }
        let user = try members.soundKey("id")
        guard operation == .upsert else {
            return PreferencesLine(
                operation,
                PreferencesRecord(user: user, choices: nil, language: nil),
                line: number
            )
        }
        var choices: TimelineChoices?
        if let document = object["preference"] {
            guard let known = TimelineChoices(document: document) else { throw .notPreference }
            choices = known
        }
        let record = PreferencesRecord(user: user, choices: choices, language: try language(object))
        return PreferencesLine(operation, record, line: number)
    }

    /// A tag, or the ENT's own `{"default-domain":"fr"}`, also as a text.
    private func language(_ object: JSONObject) throws(LineError) -> String? {
        guard var value = object["language"], !value.isNull else { return nil }
        if let text = value.string, text.utf8.first == UInt8(ascii: "{") {
            do throws(JSONError) { value = try JSONParser.parse(text, depthMax: 8) } catch { throw .notLanguage }
        }
        if let inner = value.object {
            guard let domain = inner["default-domain"], !domain.isNull else { return nil }
            value = domain
        }
        guard let tag = value.string, tag.utf8.count <= Self.languageBytesMax,
            tag.utf8.allSatisfy({ isTagByte($0) })
        else { throw .notLanguage }
        return tag.isEmpty ? nil : tag
    }
}

/// ASCII letter, digit or hyphen; the underscore is Java's.
private func isTagByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
    default: false
    }
}
