/// Settings that passed every check.
package struct EffectiveSettings: Sendable {
    package var settings: Settings
    package var file: String
    /// What a person should look at although the gateway starts.
    package var warnings: [SettingsFinding]
    /// Every key with its value, masked, and where it comes from: what `config show` prints.
    package var entries: [SettingEntry]
}
