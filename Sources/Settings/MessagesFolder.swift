package import Domain
import Glibc

/// Reads the fixed texts, a file for each language: `messages/fr.yaml`.
package enum MessagesFolder {
    static let fileBytesMax = 256 * 1024
    static let filesMax = 100

    /// The built-in texts: those of `Config/messages`, part of the binary.
    package static let standard: [MessageTexts] = [
        ("fr", PackageResources.fr_yaml), ("en", PackageResources.en_yaml), ("ar", PackageResources.ar_yaml),
        ("pt", PackageResources.pt_yaml), ("tr", PackageResources.tr_yaml), ("es", PackageResources.es_yaml),
    ].map { language, bytes in
        let reader = SettingsReader(file: "messages/\(language).yaml", environment: [:], readsSecrets: false)
        let texts = read(bytes, over: MessageTexts(language: language), reader)
        // A test reads them.
        precondition(reader.mistakes.isEmpty, "The built-in texts are wrong: \(reader.mistakes)")
        return texts
    }

    /// What the file says over what is built in: texts it does not name stay.
    static func read(_ bytes: [UInt8], over base: MessageTexts, _ reader: SettingsReader) -> MessageTexts {
        guard let root = SettingsSection.root(bytes, reader) else { return base }
        var texts = base
        let fixed = root.section("texts")
        for key in MessageTexts.Key.allCases {
            if let text = fixed.message(key.rawValue) { texts.texts[key] = text }
        }
        fixed.close()
        texts.applications.merge(root.section("applications").messages { !$0.contains(".") }) { _, new in new }
        texts.kinds.merge(root.section("kinds").messages { $0.contains(".") }) { _, new in new }
        root.close()
        return texts
    }

    /// The languages of a folder with the files that hold them, sorted; nil when it cannot be listed. Names of other forms are not ours.
    static func files(in folder: String) -> [(language: String, path: String)]? {
        guard let directory = opendir(folder) else { return nil }
        defer { closedir(directory) }
        var files: [(language: String, path: String)] = []
        while let entry = readdir(directory), files.count < filesMax {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            guard name.hasSuffix(".yaml"), case let language = name.dropLast(5), (2...3).contains(language.utf8.count),
                language.utf8.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) })
            else { continue }
            files.append((String(language), folder + "/" + name))
        }
        return files.sorted { $0.language < $1.language }
    }
}

extension SettingsSection {
    /// The texts of `messagesFolder` over the built-in ones; these alone without it.
    func messages() -> [MessageTexts] {
        let standard = MessagesFolder.standard
        guard let folder = optionalPath("messagesFolder") else { return standard }
        guard let files = MessagesFolder.files(in: folder) else {
            mistake("messagesFolder", value: folder, "must be a folder that can be read")
            return standard
        }
        if files.isEmpty { warn("messagesFolder", value: folder, "holds no file such as fr.yaml") }
        var languages = Dictionary(uniqueKeysWithValues: standard.map { ($0.language, $0) })
        for (language, path) in files {
            let base = languages[language] ?? MessageTexts(language: language)
            languages[language] = otherFile("messagesFolder", path: path, bytesMax: MessagesFolder.fileBytesMax) {
                MessagesFolder.read($0, over: base, $1)
            }
        }
        return languages.values.sorted { $0.language < $1.language }
    }

    /// All texts of this section, by upper-case name.
    fileprivate func messages(isName: (String) -> Bool) -> [String: String] {
        var texts: [String: String] = [:]
        for (name, _) in memberLines {
            let text = message(name)
            guard isName(name) else {
                mistake(name, value: text ?? "", "must be an application in applications, and APP.ACTION in kinds")
                continue
            }
            if let text { texts[name.uppercased()] = text }
        }
        close()
        return texts
    }

    /// As long as a title may be.
    fileprivate func message(_ name: String) -> String? {
        optionalText(name) { text in
            text.holdsControl
                ? "must hold no control characters and no marks that turn the direction of what stands around it"
                : text.count > 120 ? "must be at most 120 characters" : nil
        }
    }
}
