import FoundationEssentials
import Glibc
import Settings
import TestSupport

/// A folder with a configuration and its secrets, removed at the end.
final class SettingsFixture {
    private let temporary: TemporaryFolder
    var folder: String { temporary.path }
    var file: String { folder + "/carillon.yaml" }

    init() throws {
        temporary = try TemporaryFolder()
        try write("storage.key", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n")
        try write("one.whsec", "# the live one\nwhsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n\n")
        try write("one.keys", "k1 sha256:\(String(repeating: "ab", count: 32))\n")
        try write("fcm.json", "{}")
        try write("apns.p8", "pem")
        try write("vapid.pem", "pem")
    }

    func write(_ name: String, _ text: String, mode: Int = 0o600) throws {
        let path = folder + "/" + name
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    func load(
        _ yaml: String,
        environment: [String: String] = [:],
        secrets: Bool = true,
        checks: CredentialChecks = .none
    ) throws -> EffectiveSettings {
        try write("carillon.yaml", yaml)
        return try SettingsLoader.load(config: file, environment: environment, readingSecrets: secrets, checks: checks)
    }

    /// The mistakes as `line key: allowed`; empty when there is none.
    func mistakes(
        _ yaml: String,
        environment: [String: String] = [:],
        checks: CredentialChecks = .none
    ) throws -> [SettingsMistake] {
        do {
            _ = try load(yaml, environment: environment, checks: checks)
            return []
        } catch let report as SettingsReport {
            return report.mistakes
        }
    }

    /// The least that starts.
    static let least = "storage: {keyFile: storage.key}\n"
}
