package import Domain

/// Reads `publications.yaml`: the kinds of publications and what each means.
package enum PublicationsFile {
    static let bytesMax = 256 * 1024

    /// The built-in table: `Config/publications.yaml`, part of the binary.
    package static let standard: PublicationCatalogue = {
        let reader = SettingsReader(file: "publications.yaml", environment: [:], readsSecrets: false)
        let catalogue = read(PackageResources.publications_yaml, over: PublicationCatalogue(), reader)
        // A test reads it.
        precondition(reader.mistakes.isEmpty, "The built-in kinds are wrong: \(reader.mistakes)")
        return catalogue
    }()

    /// What the file says over the built-in table: kinds and members it does not name stay.
    ///
    /// - Parameters:
    ///   - bytes: the file's, without a byte order mark.
    ///   - base: what it is laid over.
    ///   - reader: takes the mistakes; nothing else is read with it.
    /// - Returns: the kinds of both; those of `base` alone when the file cannot be read.
    static func read(_ bytes: [UInt8], over base: PublicationCatalogue, _ reader: SettingsReader)
        -> PublicationCatalogue
    {
        guard let root = SettingsSection.root(bytes, reader) else { return base }
        var catalogue = base
        var lines: [String: String] = [:]
        for (name, section) in root.section("kinds").sections() {
            let (app, action) = PublicationCatalogue.parts(name)
            guard isWord(app), isWord(action) else {
                section.mistakeOfName("must be an application and an action with a dot between: BLOG.PUBLISH-POST")
                continue
            }
            if let first = lines.updateValue(name, forKey: name.uppercased()) {
                section.mistakeOfName("is \(first) once more: letter case does not count")
            }
            let known = base.kind(app: app, action: action)
            catalogue.set(section.publicationKind(over: known), app: app, action: action)
        }
        root.close()
        return reader.mistakes.isEmpty ? catalogue : base
    }

    /// As long as the words an event may post.
    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64 && !text.holdsControl && !text.contains(where: \.isWhitespace)
    }
}

extension SettingsSection {
    /// The kinds of `publicationsFile`; the built-in ones without it.
    func publications() -> PublicationCatalogue {
        guard let path = optionalPath("publicationsFile") else { return PublicationsFile.standard }
        return otherFile("publicationsFile", path: path, bytesMax: PublicationsFile.bytesMax) { bytes, reader in
            PublicationsFile.read(bytes, over: PublicationsFile.standard, reader)
        } ?? PublicationsFile.standard
    }

    fileprivate func publicationKind(over known: PublicationKind) -> PublicationKind {
        var kind = known
        kind.push = bool("push", default: known.push)
        kind.isDisabled = bool("disabled", default: known.isDisabled)
        kind.urgency = word("urgency", default: known.urgency, of: Urgency.allCases, name: \.name)
        // FCM keeps a message 28 days at most [FCM: AndroidConfig.ttl].
        let hours = Int(known.timeToLive.components.seconds / 3600)
        kind.timeToLive = .seconds(3600 * integer("timeToLiveHours", default: hours, in: 1...672, unit: "hours"))
        kind.channel = name("channel", default: known.channel)
        kind.dataClass = word("dataClass", default: known.dataClass, of: DataClass.allCases, name: \.name)
        close()
        return kind
    }

    private func word<Word>(_ name: String, default known: Word, of words: [Word], name text: (Word) -> String) -> Word
    {
        let found = self.text(name, default: text(known)) { word in
            words.contains { text($0) == word } ? nil : "must be one of \(words.map(text).joined(separator: ", "))"
        }
        return words.first { text($0) == found } ?? known
    }
}
