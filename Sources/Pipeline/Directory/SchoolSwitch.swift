package import Contract
package import Domain
package import Store

/// Switches a school and writes down who did it: what the admin socket and the command do alike.
package struct SchoolSwitch: Sendable {
    private let queue: QueueStore
    private let registry: Registry

    package init(queue: QueueStore, registry: Registry) {
        self.queue = queue
        self.registry = registry
    }

    /// The registry changes first: a log that tells of a change that was not made would be worse than one that is asked to be made again.
    ///
    /// - Returns: nil for a school the directory does not know.
    package func set(
        _ school: String,
        _ isActive: Bool,
        actor: String,
        why: String,
        now: Instant
    ) async throws(StoreError) -> SchoolSwitchedView? {
        guard let changed = try await registry.activate(school, isActive, now: now) else { return nil }
        let operation = try await queue.keep(
            InstantOperation(
                actor: actor,
                verb: isActive ? "school.activate" : "school.deactivate",
                filter: "school=\(school)",
                why: why,
                changed: changed ? 1 : 0
            ),
            now: now
        )
        var view = SchoolSwitchedView()
        view.school = school
        view.isActive = isActive
        view.hasChanged = changed
        view.operation = OperationName.text(operation)
        return view
    }
}
