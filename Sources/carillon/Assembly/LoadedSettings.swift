import Cryptography
import FoundationEssentials
import Settings
import Synchronization

/// What the last load of the configuration was made of, to say what a reload changed: values by their keys, the files they name by a hash of
/// their contents. Neither a value nor a secret is told.
final class LoadedSettings: Sendable {
    private struct Snapshot {
        var values: [String: String] = [:]
        var files: [String: [UInt8]] = [:]

        init(_ effective: EffectiveSettings) {
            // Paths count from the configuration's folder.
            let folder = effective.file.lastIndex(of: "/").map { effective.file[...$0] } ?? ""
            for entry in effective.entries {
                values[entry.key] = entry.value
                let path = entry.value.hasPrefix("/") ? entry.value : folder + entry.value
                guard let data = FileManager.default.contents(atPath: path) else { continue }
                files[entry.key] = SHA256.hash(Array(data))
            }
        }
    }

    private let last: Mutex<Snapshot>

    init(_ effective: EffectiveSettings) { last = Mutex(Snapshot(effective)) }

    /// - Returns: keys whose value is another, came or went, and those whose file has other contents.
    func replace(_ effective: EffectiveSettings) -> [String] {
        let now = Snapshot(effective)
        let before = last.withLock { last in
            defer { last = now }
            return last
        }
        let keys = Set(before.values.keys).union(now.values.keys).sorted()
        return keys.compactMap { key in
            if before.values[key] != now.values[key] { return key }
            return before.files[key] != now.files[key] ? "\(key) (contents)" : nil
        }
    }
}
