package import Domain

/// A bulk order that is about to begin.
package struct NewOperation: Sendable {
    package var actor: String
    package var verb: OrderVerb
    package var scope: OrderScope
    package var matched: Int
    package var eligible: Int
    package var why: String

    package init(actor: String, verb: OrderVerb, scope: OrderScope, matched: Int, eligible: Int, why: String) {
        self.actor = actor
        self.verb = verb
        self.scope = scope
        self.matched = matched
        self.eligible = eligible
        self.why = why
    }
}
