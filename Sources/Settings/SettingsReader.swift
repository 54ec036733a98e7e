/// Collects while the settings are read: every mistake, every key with its value, every variable that was used.
///
/// Lives for one reading, on one thread.
final class SettingsReader {
    let file: String
    /// Folder of the file, without a slash at the end; relative paths start there.
    let folder: String
    let environment: [String: String]
    let readsSecrets: Bool
    /// `secrets.allowWorldReadable`; known before the first secret is read.
    var allowsWorldReadable = false
    private(set) var mistakes: [SettingsFinding] = []
    private(set) var warnings: [SettingsFinding] = []
    private(set) var entries: [SettingEntry] = []
    private var usedVariables: Set<String> = []

    static let prefix = "CARILLON_"
    /// Names the file itself, see ``SettingsLoader``.
    static let fileVariable = "CARILLON_CONFIG"

    init(file: String, environment: [String: String], readsSecrets: Bool) {
        self.file = file
        self.environment = environment.filter { $0.key.hasPrefix(Self.prefix) && $0.key != Self.fileVariable }
        self.readsSecrets = readsSecrets
        let slash = file.lastIndex(of: "/")
        folder = slash.map { $0 == file.startIndex ? "" : String(file[..<$0]) } ?? "."
    }

    func mistake(_ key: String, _ origin: SettingOrigin, value: String? = nil, _ allowed: String) {
        mistakes.append(SettingsFinding(key: key, origin: origin, value: value, allowed: allowed))
    }

    /// One of another file.
    func mistake(_ mistake: SettingsFinding) { mistakes.append(mistake) }

    func warn(_ key: String, _ origin: SettingOrigin, value: String? = nil, _ what: String) {
        warnings.append(SettingsFinding(key: key, origin: origin, value: value, allowed: what))
    }

    func record(_ key: String, _ value: String, _ origin: SettingOrigin, default defaultValue: String?) {
        entries.append(SettingEntry(key: key, value: value, origin: origin, defaultValue: defaultValue))
    }

    /// The variable that overrides a key: `CARILLON_PROVIDERS_FCM_0_ENDPOINT`.
    static func variable(_ path: [String]) -> String {
        prefix + path.map { $0.uppercased() }.joined(separator: "_")
    }

    func override(_ path: [String]) -> (variable: String, text: String)? {
        let variable = Self.variable(path)
        guard let text = environment[variable] else { return nil }
        usedVariables.insert(variable)
        return (variable, text)
    }

    /// Whether some variable sets something below this path.
    func overridesBelow(_ path: [String]) -> Bool {
        let start = Self.variable(path) + "_"
        return environment.keys.contains { $0.hasPrefix(start) }
    }

    func absolute(_ path: String) -> String {
        path.hasPrefix("/") || folder == "." ? path : folder + "/" + path
    }

    /// Variables that set nothing. One whose first word is no section belongs to somebody else (Kubernetes sets
    /// `CARILLON_SERVICE_HOST` for a service of our name) and is only warned of.
    func checkVariables(sections: [String]) {
        let known = entries.map { Self.variable($0.key.split(separator: ".").map(String.init)) }
        for (variable, _) in environment.sorted(by: { $0.key < $1.key }) where !usedVariables.contains(variable) {
            let first = variable.dropFirst(Self.prefix.count).prefix { $0 != "_" }.lowercased()
            let near = NearMiss.of(variable, among: known).map { "; did you mean \($0)?" } ?? ""
            let origin = SettingOrigin.environment(variable: variable)
            if sections.contains(where: { $0.lowercased() == first }) {
                mistake("", origin, "sets no known key\(near)")
            } else {
                warn("", origin, "sets no key and is ignored\(near)")
            }
        }
    }
}
