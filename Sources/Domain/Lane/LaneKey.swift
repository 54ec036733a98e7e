/// What a lane serves: devices of one provider and app.
package struct LaneKey: Hashable, Sendable {
    package var provider: ProviderID
    /// nil: the provider knows one world only, and whatever a device says is meant.
    package var environment: PushEnvironment?
    /// The app's name in the configuration; for a push service that addresses name, its `host[:port]`.
    package var app: String

    package init(provider: ProviderID, environment: PushEnvironment?, app: String) {
        self.provider = provider
        self.environment = environment
        self.app = app
    }

    /// Whether a device belongs to it. `authority`: of the push service its address names.
    package func serves(provider: ProviderID, environment: PushEnvironment, app: String, authority: String?) -> Bool {
        self.provider == provider && self.app == authority ?? app
            && (self.environment ?? environment) == environment
    }
}
