/// One mapping of the configuration with the environment over it. Each read names a key and so makes it known; ``close()``
/// reports the keys nobody asked for.
///
/// What is wrong is reported and the default returned, so that reading goes on to the next mistake. Providers read their own sections with it.
package final class SettingsSection {
    let reader: SettingsReader
    let path: [String]
    let line: Int?
    private var members: [String: ConfigurationNode.Member] = [:]
    private var known: [String] = []

    /// `node` is nil when the file does not have this mapping.
    init(reader: SettingsReader, path: [String], node: ConfigurationNode?, line: Int? = nil) {
        self.reader = reader
        self.path = path
        self.line = line ?? node?.line
        switch node?.content {
        case .map(let list): for member in list { members[member.name] = member }
        case .scalar(let text, true) where ConfigurationNode.isNull(text): break
        case nil: break
        case .scalar, .list: reader.mistake(key(), fileOrigin(self.line), "must hold keys (name: value)")
        }
    }

    /// What stands for a key, from the environment or the file.
    struct Found {
        var text: String?
        var isPlain: Bool
        var origin: SettingOrigin
    }

    /// nil when nothing does, or what does is no single value (then reported).
    func found(_ name: String) -> Found? {
        known.append(name)
        if let (variable, text) = reader.override(path + [name]) {
            return found(text, isPlain: true, .environment(variable: variable))
        }
        guard let member = members[name] else { return nil }
        guard case .scalar(let text, let isPlain) = member.value.content else {
            reader.mistake(key(name), fileOrigin(member.line), "must be one value, not a list or mapping")
            return nil
        }
        return found(text, isPlain: isPlain, fileOrigin(member.line))
    }

    private func found(_ text: String, isPlain: Bool, _ origin: SettingOrigin) -> Found {
        Found(text: isPlain && ConfigurationNode.isNull(text) ? nil : text, isPlain: isPlain, origin: origin)
    }

    func section(_ name: String) -> SettingsSection {
        known.append(name)
        let member = members[name]
        return SettingsSection(reader: reader, path: path + [name], node: member?.value, line: member?.line)
    }

    /// nil when neither file nor environment has it.
    package func sectionIfPresent(_ name: String) -> SettingsSection? {
        if reader.overridesBelow(path + [name]) { return section(name) }
        if let member = members[name] {
            guard case .scalar(let text, true) = member.value.content, ConfigurationNode.isNull(text) else {
                return section(name)
            }
        }
        known.append(name)
        reader.record(key(name), "null", .defaultValue, default: "null")
        return nil
    }

    /// The mappings of a list, as many as the file or the environment has.
    package func list(_ name: String) -> [SettingsSection] {
        let nodes = nodes(name)
        var sections: [SettingsSection] = []
        while sections.count < nodes.count || reader.overridesBelow(path + [name, String(sections.count)]) {
            let node = sections.count < nodes.count ? nodes[sections.count] : nil
            sections.append(
                SettingsSection(reader: reader, path: path + [name, String(sections.count)], node: node)
            )
        }
        if sections.isEmpty {
            reader.record(key(name), "[]", members[name].map { fileOrigin($0.line) } ?? .defaultValue, default: "[]")
        }
        return sections
    }

    /// A list of texts; an element of the environment replaces that of the file.
    package func strings(_ name: String, default defaults: [String]) -> [String] {
        var texts: [String] = []
        var origin: SettingOrigin = members[name].map { fileOrigin($0.line) } ?? .defaultValue
        let nodes = nodes(name)
        while true {
            if let (variable, text) = reader.override(path + [name, String(texts.count)]) {
                texts.append(text)
                origin = .environment(variable: variable)
            } else if texts.count < nodes.count {
                if case .scalar(let text, _) = nodes[texts.count].content {
                    texts.append(text)
                } else {
                    reader.mistake(key(name), fileOrigin(nodes[texts.count].line), "must be a list of single values")
                    texts.append("")
                }
            } else {
                break
            }
        }
        if origin == .defaultValue { texts = defaults }
        reader.record(key(name), Self.shown(texts), origin, default: Self.shown(defaults))
        return texts
    }

    /// The origin of a key that was or could have been set here, for a report about it.
    func origin(of name: String) -> SettingOrigin {
        let variable = SettingsReader.variable(path + [name])
        if reader.environment[variable] != nil { return .environment(variable: variable) }
        return fileOrigin(members[name]?.line ?? line)
    }

    /// False for commands that need no secret; nothing is started then.
    package var readsSecrets: Bool { reader.readsSecrets }

    /// Reports a value that is not allowed.
    package func mistake(_ name: String, value: String, _ allowed: String) {
        reader.mistake(key(name), origin(of: name), value: value, allowed)
    }

    /// What is allowed and should not be there.
    package func warn(_ name: String, value: String, _ what: String) {
        reader.warn(key(name), origin(of: name), value: value, what)
    }

    /// Reports the second of two entries that have the same value; empty ones are reported already.
    package static func reportTwice(_ sections: [SettingsSection], _ values: [String], _ name: String, _ what: String) {
        var seen: Set<String> = []
        for (section, value) in zip(sections, values) where !value.isEmpty && !seen.insert(value).inserted {
            section.mistake(name, value: value, what)
        }
    }

    /// Reports what nobody asked for.
    package func close() {
        for member in members.values.sorted(by: { ($0.line, $0.name) < ($1.line, $1.name) })
        where !known.contains(member.name) {
            let hint =
                NearMiss.of(member.name, among: known).map { "did you mean \($0)?" }
                ?? "known here: \(known.sorted().joined(separator: ", "))"
            reader.mistake(key(member.name), fileOrigin(member.line), "unknown key; \(hint)")
        }
    }

    /// The names in this mapping with their lines, in the order of the file.
    var memberLines: [(name: String, line: Int)] {
        members.values.map { ($0.name, $0.line) }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }
    }

    /// Whether the file or the environment says something of a key; null says nothing.
    func has(_ name: String) -> Bool {
        if reader.overridesBelow(path + [name]) { return true }
        guard let member = members[name] else { return false }
        if case .scalar(let text, true) = member.value.content { return !ConfigurationNode.isNull(text) }
        return true
    }

    func key(_ name: String? = nil) -> String { (path + (name.map { [$0] } ?? [])).joined(separator: ".") }

    func fileOrigin(_ line: Int?) -> SettingOrigin { .file(path: reader.file, line: line) }

    private func nodes(_ name: String) -> [ConfigurationNode] {
        known.append(name)
        guard let member = members[name] else { return [] }
        switch member.value.content {
        case .list(let nodes): return nodes
        case .scalar(let text, true) where ConfigurationNode.isNull(text): return []
        case .scalar, .map:
            reader.mistake(key(name), fileOrigin(member.line), "must be a list")
            return []
        }
    }

    private static func shown(_ texts: [String]) -> String { "[\(texts.joined(separator: ", "))]" }
}
