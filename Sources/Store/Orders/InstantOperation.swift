/// An order that is carried out in the commit that writes it down, or outside the queue: a lane's pause, a device's end.
package struct InstantOperation: Sendable {
    package var actor: String
    /// `lane.paused`, `device.revoke`.
    package var verb: String
    package var filter: String
    package var why: String
    package var changed: Int

    package init(actor: String, verb: String, filter: String, why: String, changed: Int) {
        self.actor = actor
        self.verb = verb
        self.filter = filter
        self.why = why
        self.changed = changed
    }

    /// What the mass guard held on a lane was applied, or forgotten. `lane`: its name.
    package static func removals(
        applied: Bool,
        on lane: String,
        actor: String,
        why: String,
        changed: Int
    ) -> InstantOperation {
        InstantOperation(
            actor: actor,
            verb: applied ? "lane.removalsApplied" : "lane.removalsDiscarded",
            filter: "lane=\(lane)",
            why: why,
            changed: changed
        )
    }
}
