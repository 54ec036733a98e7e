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
package struct SettingsError: Error, Sendable, CustomStringConvertible {
    /// nil when no file was found.
    package var file: String?
    package var mistakes: [SettingsFinding]

    package init(file: String?, mistakes: [SettingsFinding]) {
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
    /// nil when the key has to be given. What the reader alone knows: by it the example file is held to the code.
    package var defaultValue: String?
}
