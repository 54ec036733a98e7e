import FoundationEssentials
import Glibc
import Providers
import Settings

/// A folder with a configuration and its secrets, removed at the end.
final class SettingsFixture {
    let folder: String
    var file: String { folder + "/carillon.yaml" }

    init() throws {
        var template = Array((FileManager.default.temporaryDirectory.path + "/settings-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try write("storage.key", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n")
        try write("one.whsec", "# the live one\nwhsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n\n")
        try write("one.keys", "k1 sha256:\(String(repeating: "ab", count: 32))\n")
        for name in ["fcm.json", "apns.p8", "vapid.pem"] { try write(name, Self.credential(name)) }
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: folder) } catch {
            print("The folder \(folder) stays: \(error)")
        }
    }

    func write(_ name: String, _ text: String, mode: Int = 0o600) throws {
        let path = folder + "/" + name
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    func load(
        _ yaml: String,
        environment: [String: String] = [:],
        secrets: Bool = true
    ) throws -> EffectiveSettings {
        try write("carillon.yaml", yaml)
        return try SettingsLoader.load(
            config: file,
            environment: environment,
            readingSecrets: secrets,
            providers: ProviderList.sections
        )
    }

    /// The mistakes as `line key: allowed`; empty when there is none.
    func mistakes(
        _ yaml: String,
        environment: [String: String] = [:]
    ) throws -> [SettingsFinding] {
        do {
            _ = try load(yaml, environment: environment)
            return []
        } catch let report as SettingsError {
            return report.mistakes
        }
    }

    /// A key of the sample data: of the right form, good for nothing.
    static func credential(_ name: String) throws -> String {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return String(
            decoding: try Data(contentsOf: tests.appending(path: "SampleData/credentials/" + name)),
            as: UTF8.self
        )
    }

    /// The least that starts.
    static let least = "storage: {keyFile: storage.key}\n"
}
