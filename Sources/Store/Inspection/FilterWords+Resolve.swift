package import Domain

extension FilterWords {
    /// The filter these words mean now, by what the stores hold. A few indexed reads.
    ///
    /// - Throws: ``FilterWords/Problem``, or what the stores threw.
    package func resolve(queue: QueueReader, registry: RegistryReader, now: Instant) throws -> QueueFilter {
        try resolve(now: now, names: StoredNames(queue: queue, registry: registry))
    }

    private struct StoredNames: FilterNames {
        let queue: QueueReader
        let registry: RegistryReader

        func lanes() throws -> [(id: LaneID, name: String)] { try queue.lanes().map { ($0.id, $0.name) } }
        func person(_ user: String) throws -> PersonID? {
            let persons = try registry.persons(meantBy: user)
            guard persons.count > 1 else { return persons.first?.id }
            throw FilterWords.WordError.several(.user, word: user, known: try persons.map(registry.distinctName))
        }
        func device(_ installation: String) throws -> DeviceID? { try registry.device(installation: installation)?.id }
    }
}

extension QueueFilter.User {
    /// How this event's plans name the person; nil when they do not.
    func person(in event: StoredEvent) -> PersonID? {
        switch self {
        case .known(let id): id
        case .unknown(let name): event.unknownUsers.firstIndex(of: name).map { .unknown(index: $0) }
        }
    }
}
