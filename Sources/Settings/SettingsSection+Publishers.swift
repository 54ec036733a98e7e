import Domain

extension SettingsSection {
    func publishers() -> [PublisherSettings] {
        var names: Set<String> = []
        return list("publishers").map { section in
            let publisher = section.publisher()
            if !publisher.name.isEmpty, !names.insert(publisher.name).inserted {
                reader.mistake(
                    section.key("name"),
                    section.origin(of: "name"),
                    value: publisher.name,
                    "names a publisher twice"
                )
            }
            return publisher
        }
    }

    private func publisher() -> PublisherSettings {
        let name = name()
        let sources = strings("sources", default: [])
        let rights = rights()
        let keysFile = optionalPath("keysFile")
        let publisher = PublisherSettings(
            name: name,
            sources: sources,
            schools: schools(),
            rights: rights,
            secrets: secrets("secretsFile"),
            keys: keys(keysFile),
            callback: callback(),
            keysFile: keysFile
        )
        // A signature counts only once the whole body is read: an export of gigabytes comes with a key, which its head proves.
        if rights.contains(.directory), hasFile("secretsFile"), !hasFile("keysFile") {
            reader.warn(
                key("rights"),
                origin(of: "rights"),
                value: "directory",
                "directory exports need a publisher key: set keysFile, signatures alone are refused with 401"
            )
        }
        if !hasFile("secretsFile"), !hasFile("keysFile") {
            reader.mistake(
                key("secretsFile"),
                fileOrigin(line),
                "a publisher needs secretsFile, keysFile or both: otherwise it cannot prove who it is"
            )
        }
        close()
        return publisher
    }

    private func callback() -> PublisherSettings.Callback? {
        let url = optionalText("callbackURL") { text in
            text.isURL(schemes: ["https://", "http://"]) ? nil : "must be an absolute http or https URL"
        }
        let afterSeconds = integer("callbackAfterSeconds", default: 3600, in: 1...604_800, unit: "seconds")
        let secrets = secrets("callbackSecretFile")
        guard let url else { return nil }
        if !hasFile("callbackSecretFile") {
            reader.mistake(
                key("callbackSecretFile"),
                fileOrigin(line),
                "callbackURL needs a secret to sign with: carillon key generate webhook --out FILE"
            )
        }
        return PublisherSettings.Callback(url: url, secrets: secrets, afterSeconds: afterSeconds)
    }

    private func schools() -> Set<String>? {
        let schools = strings("schools", default: ["*"])
        if schools == ["*"] { return nil }
        if schools.isEmpty || schools.contains("*") {
            reader.mistake(
                key("schools"),
                origin(of: "schools"),
                value: schools.joined(separator: ", "),
                "must be [\"*\"] for every school, or a list of UAI codes"
            )
        }
        return Set(schools.map(SchoolCode.normal))
    }

    private func rights() -> Set<PublisherSettings.Right> {
        var rights: Set<PublisherSettings.Right> = []
        for text in strings("rights", default: ["events"]) {
            if let right = PublisherSettings.Right(rawValue: text) {
                rights.insert(right)
            } else {
                reader.mistake(
                    key("rights"),
                    origin(of: "rights"),
                    value: text,
                    "must be of events, directory, urgent, persons"
                )
            }
        }
        return rights
    }

    /// Standard Webhooks: 24 to 64 bytes [standard-webhooks spec, symmetric secrets].
    private func secrets(_ name: String) -> [Secret] {
        guard let path = optionalPath(name) else { return [] }
        return secretLines(name, path: path, form: "whsec_<base64 of 24 to 64 bytes>") { line in
            guard line.hasPrefix("whsec_"), let bytes = Base64.decode(line.dropFirst(6)),
                (24...64).contains(bytes.count)
            else {
                return nil
            }
            return Secret(bytes)
        }
    }

    private func keys(_ path: String?) -> [PublisherKeyHash] {
        guard let path else { return [] }
        return secretLines("keysFile", path: path, form: "<key id> sha256:<64 hex digits> [until=<RFC 3339 time>]") {
            PublisherKeyHash(line: $0)
        }
    }

    private func hasFile(_ name: String) -> Bool {
        reader.entries.last { $0.key == key(name) }.map { $0.value != "null" } ?? false
    }

    /// Feeds of the directory, each once; a publisher who is named must have the right.
    func feeds(of publishers: [PublisherSettings]) -> [Settings.Feed] {
        var names: Set<String> = []
        let feeds = list("feeds").map { section in
            let feed = Settings.Feed(name: section.name(), publisher: section.optionalText("publisher"))
            if !feed.name.isEmpty, !names.insert(feed.name).inserted {
                reader.mistake(section.key("name"), section.origin(of: "name"), value: feed.name, "names a feed twice")
            }
            if let publisher = feed.publisher,
                !publishers.contains(where: { $0.name == publisher && $0.rights.contains(.directory) })
            {
                reader.mistake(
                    section.key("publisher"),
                    section.origin(of: "publisher"),
                    value: publisher,
                    "must be a publisher with the right directory"
                )
            }
            section.close()
            return feed
        }
        close()
        return feeds
    }
}
