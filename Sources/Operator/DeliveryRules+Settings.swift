package import Delivery
import Domain
package import Settings

extension DeliveryRules {
    /// What the configuration says. `generation`: of its reloads.
    package init(_ settings: Settings, generation: Int = 0) {
        let kinds = settings.publications
        self.init(
            quiet: settings.quietHours,
            kind: { app, action in
                let kind = kinds.kind(app: app, action: action)
                return KindSwitch(isDisabled: kind.isDisabled, push: kind.push)
            },
            timeToLive: { publication in
                kinds.kind(app: publication.app, action: publication.action)
                    .timeToLive(urgency: publication.urgency ?? .normal)
            },
            generation: generation
        )
    }
}
