import Glibc
import Settings

/// What the machine says to a configuration that is right in itself: sockets, the data folder, the storage keys in use.
struct Surroundings {
    private let effective: EffectiveSettings

    init(_ effective: EffectiveSettings) { self.effective = effective }

    func look() -> (mistakes: [SettingsFinding], warnings: [SettingsFinding]) {
        var mistakes = folder()
        // Beside the running service its own sockets are taken, by it.
        if case .process = LockHolder.find(folder: effective.settings.data) {
        } else {
            mistakes += ListenCheck(effective).mistakes()
        }
        var warnings: [SettingsFinding] = []
        for finding in keys() where finding.level != .ok {
            let what = finding.what + (finding.next.map { "; \($0)" } ?? "")
            let mistake = mistake("storage.keyFile", effective.settings.storage.keyFile, what)
            // Devices under a missing key are silent; the others are rung all the same.
            if finding.isFatal { mistakes.append(mistake) } else { warnings.append(mistake) }
        }
        return (mistakes, warnings)
    }

    private func keys() -> [Finding] {
        do { return try StorageKeyFacts(effective.settings).findings } catch {
            // No registry yet, or none this user may read: nothing is known of the keys.
            return []
        }
    }

    private func folder() -> [SettingsFinding] {
        let data = effective.settings.data
        var status = stat()
        if stat(data, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else {
                return [mistake("data", data, "is a file; choose a folder")]
            }
            return access(data, R_OK | W_OK | X_OK) == 0
                ? [] : [mistake("data", data, "this user may not use the folder: chown it to the gateway's user")]
        }
        let parent = data.lastIndex(of: "/").map { $0 == data.startIndex ? "/" : String(data[..<$0]) } ?? "."
        guard access(parent, W_OK | X_OK) != 0 else { return [] }
        return errno == ENOENT
            ? [mistake("data", data, "\(parent) does not exist: make it, or choose another folder")]
            : [
                mistake(
                    "data",
                    data,
                    "this user may not make the folder in \(parent): make it (install -d -m 700 -o USER)"
                )
            ]
    }

    private func mistake(_ key: String, _ value: String, _ what: String) -> SettingsFinding {
        let origin = effective.entries.last { $0.key == key }?.origin ?? .file(path: effective.file, line: nil)
        return SettingsFinding(key: key, origin: origin, value: value, allowed: what)
    }
}
