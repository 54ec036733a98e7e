import Domain

extension SettingsSection {
    /// Each of `sections` reads its own entries.
    func providers(_ sections: [any ProviderSection.Type]) -> ProviderSettings {
        let providers = ProviderSettings(sections.flatMap { $0.read(from: self) as [any ProviderSection] })
        if providers.sections.isEmpty {
            reader.warn(key(), fileOrigin(line), "no push service is configured: nobody will be rung")
        }
        close()
        return providers
    }
}
