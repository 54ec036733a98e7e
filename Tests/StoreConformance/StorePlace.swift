import Cryptography
package import Database
package import Domain
package import Store

/// An empty place for the stores of one engine: what the conformance suite works on.
package struct StorePlace {
    package let stores: any Stores
    /// A session beside the queue's own, to see rows as they are.
    package let session: () throws -> any Session
    /// The same of the registry.
    package let registrySession: () throws -> any Session

    package init(
        stores: any Stores,
        session: @escaping () throws -> any Session,
        registrySession: @escaping () throws -> any Session
    ) {
        self.stores = stores
        self.session = session
        self.registrySession = registrySession
    }

    package static let start = Instant(seconds: 1_790_000_000)
    package static let key = TargetSeal.Key(id: "k1", key: SymmetricKey(data: [UInt8](repeating: 1, count: 32)))

    /// Opens the queue for `body` and closes it, also when `body` throws.
    package func queue<T>(
        onFatal: @escaping @Sendable (any Error) -> Void = { _ in },
        _ body: (QueueStore) async throws -> T
    ) async throws -> T {
        let queue = try stores.openQueue(
            now: Self.start,
            newKey: [UInt8](repeating: 7, count: 32),
            onFatal: onFatal
        )
        return try await closing(body, queue, queue.close)
    }

    package func registry<T>(
        keys: [TargetSeal.Key] = [key],
        _ body: (Registry) async throws -> T
    ) async throws -> T {
        let registry = try stores.openRegistry(
            keys: keys,
            newKey: [UInt8](repeating: 9, count: 32),
            onFatal: { _ in }
        )
        return try await closing(body, registry, registry.close)
    }

    private func closing<S, T>(_ body: (S) async throws -> T, _ store: S, _ close: () async -> Void) async throws -> T {
        let result: T
        do {
            result = try await body(store)
        } catch {
            await close()
            throw error
        }
        await close()
        return result
    }
}
