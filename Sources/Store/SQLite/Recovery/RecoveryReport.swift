package import Domain

/// What a recovery saved of a damaged data folder, and what it lost.
package struct RecoveryReport: Sendable {
    package struct Rows: Hashable, Sendable {
        package var saved = 0
        package var lost = 0
    }

    /// By file and table: `queue.db`, `event`.
    package var rows: [String: [String: Rows]] = [:]
    /// Pages and cells of the files that could not be read.
    package var damagedPages = 0
    /// Logs that go on behind a damaged frame.
    package var damagedLogs: [String] = []
    /// Events that are not whole any more and were left out; the ENT may post them again under their identities.
    package var eventsLost: Set<EventID> = []
    /// Ended events whose text is gone; who was reached is still known.
    package var textsLost: Set<EventID> = []
    /// Devices and ties of the directory that belonged to nobody any more.
    package var registryOrphans = 0
    /// Files in the folder of held exports that the registry names; they lie beside the stores.
    package var heldFiles: [String] = []
    /// What else a person has to know.
    package var notes: [String] = []

    package init() {}

    package var isWhole: Bool {
        damagedPages == 0 && damagedLogs.isEmpty && eventsLost.isEmpty && textsLost.isEmpty && registryOrphans == 0
            && notes.isEmpty && rows.values.allSatisfy { $0.values.allSatisfy { $0.lost == 0 } }
    }
}
