package import Domain

/// What an operator asks for.
package struct Order: Sendable {
    package var verb: OrderVerb
    package var scope: OrderScope
    package var why: String
    package var actor: String
    /// Only says what would change.
    package var isDryRun = false
    /// Refuses to change more than this.
    package var expect: Int?
    /// `--yes`: needed to drop, and beyond ``confirmedMax``.
    package var isConfirmed = false

    /// Deliveries an order may change without being confirmed.
    package static let confirmedMax = 100
    /// Deliveries named one by one; beyond it a filter is meant.
    package static let deliveriesMax = 10_000

    package init(verb: OrderVerb, scope: OrderScope, why: String, actor: String) {
        self.verb = verb
        self.scope = scope
        self.why = why
        self.actor = actor
    }
}
