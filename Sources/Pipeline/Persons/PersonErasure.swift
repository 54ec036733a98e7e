package import Contract
package import Domain
package import Store

/// Erases a person from both stores and their files, and restricts what is kept of one; writes down who ordered it, without the name.
package struct PersonErasure: Sendable {
    /// Events of one transaction.
    private static let eventsPerCommit = 100

    private let queue: QueueStore
    private let queueReader: Reading<QueueReader>
    private let registry: Registry
    private let registryReader: Reading<RegistryReader>

    package init(
        queue: QueueStore,
        queueReader: Reading<QueueReader>,
        registry: Registry,
        registryReader: Reading<RegistryReader>
    ) {
        self.queue = queue
        self.queueReader = queueReader
        self.registry = registry
        self.registryReader = registryReader
    }

    /// Ends what is known of the person. Returns when nothing of it is left in the files; killed before, the person is still known and the
    /// order is given again, or the next start ends what was begun.
    package func erase(
        _ person: StoredPerson,
        actor: String,
        why: String,
        now: Instant
    ) async throws(StoreError) -> ErasedView {
        let names = try await registryReader.read { try $0.names(of: person) }
        var events = try await forget(names)
        let erased = try await registry.erase(person)
        let operation = try await queue.keep(
            InstantOperation(
                actor: actor,
                verb: "person.erase",
                filter: "person=#\(person.id.rawValue)",
                why: why,
                changed: 1
            ),
            now: now
        )
        // Whatever was accepted or expanded meanwhile.
        events.formUnion(try await forget(names))
        try await queue.endErasure()
        try await registry.endErasure()
        var view = ErasedView()
        view.accounts = erased.accounts
        view.devices = erased.devices
        view.links = erased.links
        view.events = events.count
        view.operation = OperationName.text(operation)
        return view
    }

    package func restrict(
        _ person: StoredPerson,
        _ isRestricted: Bool,
        actor: String,
        why: String,
        now: Instant
    ) async throws(StoreError) -> RestrictedView {
        let changed = try await registry.restrict(person.id, isRestricted, now: now)
        let operation = try await queue.keep(
            InstantOperation(
                actor: actor,
                verb: isRestricted ? "person.restrict" : "person.lift",
                filter: "person=#\(person.id.rawValue)",
                why: why,
                changed: changed ? 1 : 0
            ),
            now: now
        )
        var view = RestrictedView()
        view.user = person.publicID
        view.isRestricted = isRestricted
        view.hasChanged = changed
        view.operation = OperationName.text(operation)
        return view
    }

    /// - Returns: the events that named the person.
    private func forget(_ names: [String]) async throws(StoreError) -> Set<EventID> {
        var changed: Set<EventID> = []
        for name in names {
            var cursor: EventID?
            repeat {
                let after = cursor
                let slice = try await queueReader.read { try $0.events(naming: name, after: after) }
                for start in stride(from: 0, to: slice.events.count, by: Self.eventsPerCommit) {
                    let commit = slice.events[start..<min(start + Self.eventsPerCommit, slice.events.count)]
                    try await queue.forget(names, in: Array(commit))
                }
                changed.formUnion(slice.events)
                cursor = slice.last
            } while cursor != nil
        }
        return changed
    }
}
