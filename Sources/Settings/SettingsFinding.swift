/// One mistake of a configuration: where, what stands there, what is allowed.
package struct SettingsFinding: Hashable, Sendable, CustomStringConvertible {
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
