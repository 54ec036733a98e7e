package import Database
package import Domain

/// Where the stores are, and how they are opened: the one thing an engine makes. Everybody else asks it for writers and readers.
package protocol Stores: Sendable {
    /// The queue for this process alone; moves the epoch.
    ///
    /// `newKey`: 32 random bytes, used when the store is new.
    /// `onFatal`: called once when the store can no longer be trusted; the caller ends the process with code 70.
    /// `onCommit`: called after each commit, on the writer's thread.
    /// Throws ``StoreError/inUse(_:pid:)`` when another process works here, or why the store cannot be taken, opened or trusted.
    func openQueue(
        now: Instant,
        newKey: [UInt8],
        onFatal: @escaping @Sendable (any Error) -> Void,
        onCommit: @escaping @Sendable (CommitReport) -> Void
    ) throws -> QueueStore

    /// The registry of a queue that is open.
    ///
    /// `keys`: storage keys, the first is current.
    /// `newKey`: 32 random bytes for the hash of targets, used when the registry is new.
    /// Throws why it cannot be opened, or ``TargetSeal/OpenError`` when a key is missing or is not the one that sealed.
    func openRegistry(
        keys: [TargetSeal.Key],
        newKey: [UInt8],
        onFatal: @escaping @Sendable (any Error) -> Void
    ) throws -> Registry

    /// A reader beside the writer, for one thread at a time; works when the service is dead.
    func queueReader() throws -> QueueReader

    /// `seal`: nil when no target is ever opened (the operator's command).
    func registryReader(seal: TargetSeal?) throws -> RegistryReader
}

extension Stores {
    package func openQueue(
        now: Instant,
        newKey: [UInt8],
        onFatal: @escaping @Sendable (any Error) -> Void
    ) throws -> QueueStore {
        try openQueue(now: now, newKey: newKey, onFatal: onFatal, onCommit: { _ in })
    }
}
