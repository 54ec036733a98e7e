/// Finds, reads and checks the configuration.
package enum SettingsLoader {
    /// Where the file is looked for when neither `--config` nor `$CARILLON_CONFIG` names one.
    package static let places = ["/etc/carillon/carillon.yaml", "Config/carillon.yaml"]
    /// Bytes of the configuration file.
    static let fileBytesMax = 256 * 1024
    static let sections = [
        "secrets", "data", "listen", "publishers", "nats", "parents", "providers", "tls", "storage", "audit",
        "quietHours",
        "retention",
        "schools", "server", "devices", "log", "limits", "directory", "publicationsFile", "messagesFolder", "merge",
        "telemetry",
    ]

    /// Reads everything once: the file, the environment over it, and the secret files.
    ///
    /// - Parameters:
    ///   - config: of `--config`; otherwise `$CARILLON_CONFIG`, then ``places``.
    ///   - environment: of the process.
    ///   - readingSecrets: false for commands that need no secret and may run as somebody who may not read them.
    ///   - providers: whose sections are known.
    /// - Returns: settings without a mistake; warnings are left to the caller to show.
    /// - Throws: every mistake at once.
    package static func load(
        config: String?,
        environment: [String: String],
        readingSecrets: Bool = true,
        providers: [any ProviderSection.Type]
    ) throws(SettingsError) -> EffectiveSettings {
        guard let file = find(config: config, environment: environment) else {
            let what =
                "no configuration: neither --config nor $\(SettingsReader.fileVariable) is given, and none of \(places.joined(separator: ", ")) exists"
            throw SettingsError(
                file: nil,
                mistakes: [
                    SettingsFinding(key: "", origin: .file(path: "carillon", line: nil), value: nil, allowed: what)
                ]
            )
        }
        let reader = SettingsReader(file: file, environment: environment, readsSecrets: readingSecrets)
        let root: ConfigurationNode?
        do {
            root = try ConfigurationNode(yaml: try text(of: file))
        } catch {
            let failure = error as? ConfigurationNode.SyntaxError
            let what =
                failure?.what ?? (error as? InputText.ReadError).map { "the file \($0.what)" } ?? "cannot be read"
            throw SettingsError(
                file: file,
                mistakes: [
                    SettingsFinding(key: "", origin: .file(path: file, line: failure?.line), value: nil, allowed: what)
                ]
            )
        }
        let section = SettingsSection(reader: reader, path: [], node: root)
        let settings = section.settings(providers)
        section.close()
        reader.checkVariables(sections: sections)
        guard reader.mistakes.isEmpty else {
            throw SettingsError(file: file, mistakes: reader.mistakes.sorted(by: isBefore))
        }
        return EffectiveSettings(settings: settings, file: file, warnings: reader.warnings, entries: reader.entries)
    }

    /// The file that counts; nil when there is none to be found. A named file is not looked for elsewhere.
    package static func find(config: String?, environment: [String: String]) -> String? {
        if let config { return config }
        if let named = environment[SettingsReader.fileVariable], !named.isEmpty { return named }
        return places.first(where: InputText.exists)
    }

    private static func text(of file: String) throws -> String {
        let contents = try InputText.read(file, bytesMax: fileBytesMax)
        guard let text = String(validating: contents.bytes, as: UTF8.self) else {
            throw ConfigurationNode.SyntaxError(line: nil, what: "not UTF-8")
        }
        return text
    }

    /// By line; the environment at the end.
    private static func isBefore(_ first: SettingsFinding, _ second: SettingsFinding) -> Bool {
        (first.line ?? .max, first.key) < (second.line ?? .max, second.key)
    }
}
