/// One mistake of a configuration: where, what stands there, what is allowed.
package struct SettingsMistake: Hashable, Sendable, CustomStringConvertible {
    /// Path of the key with dots, list entries by their index: `providers.fcm.0.endpoint`; empty for the file as a whole.
    package var key: String
    package var origin: SettingOrigin
    /// What stands there, masked where it may be secret; nil when nothing does.
    package var value: String?
    /// What is allowed, or what to do.
    package var allowed: String

    package init(key: String, origin: SettingOrigin, value: String?, allowed: String) {
        self.key = key
        self.origin = origin
        self.value = value
        self.allowed = allowed
    }

    package var line: Int? {
        if case .file(_, let line) = origin { line } else { nil }
    }

    package var description: String {
        var text = "\(origin): "
        if !key.isEmpty { text += "\(key): " }
        if let value { text += "\"\(value)\": " }
        return text + allowed
    }
}

/// Where a value comes from.
package enum SettingOrigin: Hashable, Sendable, CustomStringConvertible {
    case defaultValue
    case file(path: String, line: Int?)
    case environment(variable: String)

    package var description: String {
        switch self {
        case .defaultValue: "default"
        case .file(let path, let line): line.map { "\(path):\($0)" } ?? path
        case .environment(let variable): "environment \(variable)"
        }
    }
}

/// Every mistake of a configuration at once, in the order of the file.
package struct SettingsReport: Error, Sendable, CustomStringConvertible {
    /// nil when no file was found.
    package var file: String?
    package var mistakes: [SettingsMistake]

    package init(file: String?, mistakes: [SettingsMistake]) {
        self.file = file
        self.mistakes = mistakes
    }

    /// A line for each mistake and the count.
    package var description: String {
        mistakes.map { "\($0)\n" }.joined()
            + "\(mistakes.count) mistake\(mistakes.count == 1 ? "" : "s") in the configuration; nothing was started."
    }
}

/// A key's value as it counts, for `config show`.
package struct SettingEntry: Hashable, Sendable {
    package var key: String
    /// Masked where it may be secret; lists as `[a, b]`, absent values as `null`.
    package var value: String
    package var origin: SettingOrigin
    /// nil when the key has to be given.
    package var defaultValue: String?
}

/// Settings that passed every check.
package struct EffectiveSettings: Sendable {
    package var settings: Settings
    package var file: String
    /// What a person should look at although the gateway starts.
    package var warnings: [SettingsMistake]
    /// Every key with its value, masked, and where it comes from: what `config show` prints.
    package var entries: [SettingEntry]

    /// The lines of `config show [--origin]`: key, value, and the origin when asked for.
    package func listing(origin: Bool) -> [[String]] {
        entries.map { origin ? [$0.key, $0.value, $0.origin.description] : [$0.key, $0.value] }
    }
}
