/// Where an event stands; each change is one commit (Carillon.docc, Queue states). Numbers are those of the table.
package enum EventState: Int, Hashable, Sendable, CaseIterable {
    /// Waits for `notBefore`. Can transition to: accepted (its time came), withdrawn, held.
    case scheduled = 0
    /// Ours; nobody resolved yet. Can transition to: expanding, sending, done, withdrawn, held.
    case accepted = 1
    /// Its audience is being cut into pages; the cursor is durable. Can transition to: sending, done, withdrawn, held.
    case expanding = 2
    /// All pages exist. Can transition to: done, withdrawn, held.
    case sending = 3
    /// Every slot is terminal.
    case done = 4
    /// By an operator, until he or she releases it; shown over the state above, which goes on.
    case held = 5
    /// By the publisher or an operator, for good; shown over the state above, which goes on to `done`.
    case withdrawn = 6

    /// The word of the API.
    package var word: String { "\(self)" }

    package init?(word: String) {
        guard let state = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = state
    }
}
