package import Contract
package import Domain
package import Store

/// What an order matches and what became of it.
package struct OrderReport: Sendable {
    /// nil for a dry run and a refusal.
    package var operation: Int64?
    package var verb: OrderVerb
    /// The scope in words.
    package var filter: String
    package var matched = 0
    package var eligible = 0
    /// By reason: the state that makes it so, `inFlight`, `expired`, `unknown`, `damaged`.
    package var notEligible: [String: Int] = [:]
    package var changed = 0
    /// Eligible when they were counted, moved on when their turn came.
    package var skipped: [String: Int] = [:]
    /// `planned running done cancelled failed`.
    package var state = "planned"
    /// Events with most of the eligible deliveries, at most five.
    package var byEvent: [(event: EventID, count: Int)] = []
    package var sample: [DeliveryID] = []
    /// The event is not wholly expanded: the order binds what is still to come.
    package var bindsWhatComes = false

    package var view: OrderReportView {
        var view = OrderReportView()
        view.operation = operation.map { OperationName.text($0) }
        view.verb = verb.rawValue
        view.filter = filter
        view.matched = matched
        view.eligible = eligible
        view.notEligible = Counts(notEligible)
        view.changed = changed
        view.skipped = Counts(skipped)
        view.state = state
        view.byEvent = byEvent.map { event, count in
            var view = EventCount()
            (view.event, view.eligible) = (event.description, count)
            return view
        }
        view.sample = sample.map(\.description)
        view.bindsWhatComes = bindsWhatComes
        return view
    }
}

extension StoredOperation {
    package var view: OperationView {
        var view = OperationView()
        view.operation = OperationName.text(id)
        view.at = at
        view.actor = actor
        view.verb = verb
        view.filter = filter
        view.matched = matched
        view.eligible = eligible
        view.changed = changed
        view.skipped = Counts(skipped)
        view.state = state.rawValue
        view.endedAt = endedAt
        view.why = why
        return view
    }
}
