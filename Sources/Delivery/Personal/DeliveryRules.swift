package import Domain

/// What the configuration says of when and for what people are rung; replaced at a reload.
package struct DeliveryRules: Hashable, Sendable {
    package var quiet: QuietPolicy
    package var kinds: PublicationCatalogue
    /// Counts the reloads: what waits is looked at again when it has changed.
    package var generation: Int

    package init(quiet: QuietPolicy, kinds: PublicationCatalogue = PublicationCatalogue(), generation: Int = 0) {
        self.quiet = quiet
        self.kinds = kinds
        self.generation = generation
    }

    /// No quiet hours and every kind switched on.
    package static let none: DeliveryRules = {
        var quiet = QuietPolicy()
        quiet.isEnabled = false
        return DeliveryRules(quiet: quiet)
    }()

    /// How long a publication is worth ringing for.
    package func timeToLive(_ publication: Publication) -> Duration {
        kinds.kind(app: publication.app, action: publication.action)
            .timeToLive(urgency: publication.urgency ?? .normal)
    }

    func switches(_ publication: Publication) -> KindSwitch {
        let kind = kinds.kind(app: publication.app, action: publication.action)
        return KindSwitch(isDisabled: kind.isDisabled, push: kind.push)
    }
}
