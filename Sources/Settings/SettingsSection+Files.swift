import Domain

/// Files beside the configuration, read with the same rules and into the same report.
extension SettingsSection {
    /// The root of another YAML file; nil when it is empty or cannot be read, which is then reported.
    static func root(_ bytes: [UInt8], _ reader: SettingsReader) -> SettingsSection? {
        do {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw ConfigurationNode.SyntaxError(line: nil, what: "not UTF-8")
            }
            guard let node = try ConfigurationNode(yaml: text) else { return nil }
            return SettingsSection(reader: reader, path: [], node: node)
        } catch {
            let failure = error as? ConfigurationNode.SyntaxError
            reader.mistake("", .file(path: reader.file, line: failure?.line), failure?.what ?? "cannot be read")
            return nil
        }
    }

    /// What `read` makes of a file that this section names; its mistakes, with their lines in that file, join the report.
    func otherFile<Value>(
        _ name: String,
        path: String,
        bytesMax: Int,
        _ read: ([UInt8], SettingsReader) -> Value
    ) -> Value? {
        let contents: InputText.Contents
        do { contents = try InputText.read(path, bytesMax: bytesMax) } catch {
            reader.mistake(key(name), origin(of: name), value: path, error.what)
            return nil
        }
        // No variable reaches into it: the names in it are not those of the configuration.
        let inner = SettingsReader(file: path, environment: [:], readsSecrets: false)
        let value = read(contents.bytes, inner)
        for mistake in inner.mistakes { reader.mistake(mistake) }
        return value
    }

    /// The mappings this one holds, by their names, in the order of the file.
    func sections() -> [(name: String, section: SettingsSection)] {
        memberLines.map { name, _ in (name, section(name)) }
    }

    /// Reports the name of this section itself.
    func mistakeOfName(_ allowed: String) { reader.mistake(key(), fileOrigin(line), allowed) }
}
