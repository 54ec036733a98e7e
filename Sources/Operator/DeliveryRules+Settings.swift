package import Delivery
import Domain
package import Settings

extension DeliveryRules {
    /// What the configuration says. `generation`: of its reloads.
    package init(_ settings: Settings, generation: Int = 0) {
        self.init(quiet: settings.quietHours, kinds: settings.publications, generation: generation)
    }
}
