package import Domain

/// What the configuration says of when and for what people are rung; replaced at a reload.
package struct DeliveryRules: Sendable {
    package var quiet: QuietPolicy
    /// The switches of a publication's kind.
    package var kind: @Sendable (_ app: String, _ action: String) -> KindSwitch
    /// How long a publication is worth ringing for.
    package var timeToLive: @Sendable (_ publication: Publication) -> Duration
    /// Counts the reloads: what waits is looked at again when it has changed.
    package var generation: Int

    package init(
        quiet: QuietPolicy,
        kind: @escaping @Sendable (_ app: String, _ action: String) -> KindSwitch = { _, _ in KindSwitch() },
        timeToLive: @escaping @Sendable (_ publication: Publication) -> Duration = {
            PublicationCatalogue().kind(app: $0.app, action: $0.action).timeToLive(urgency: $0.urgency ?? .normal)
        },
        generation: Int = 0
    ) {
        self.quiet = quiet
        self.kind = kind
        self.timeToLive = timeToLive
        self.generation = generation
    }

    /// No quiet hours and every kind switched on.
    package static let none: DeliveryRules = {
        var quiet = QuietPolicy()
        quiet.isEnabled = false
        return DeliveryRules(quiet: quiet)
    }()
}
