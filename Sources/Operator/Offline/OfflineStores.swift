import Cryptography
import Domain
import Glibc
import Settings
import Store

/// Both stores, opened by a command itself while no service runs: takes the lock of the data folder for as long as it takes.
struct OfflineStores {
    /// With secrets: a registry that is new seals its look-up key.
    let settings: Settings
    var stores: any Stores { Settings.stores(in: settings.data, seal: AuditSeal(settings.audit)) }

    /// - Parameters:
    ///   - held: what is said when process `pid` has the lock.
    ///   - body: does the work; the stores are closed after it whatever it throws.
    /// - Returns: what `body` returned.
    /// - Throws: what `body` threw; exit code 5 when a store cannot be opened.
    func run<T>(
        held: (_ pid: String) -> OperatorError,
        _ body: (QueueStore, Registry) async throws -> T
    ) async throws -> T {
        try makeFolder()
        return try await withQueue(held: held) { queue in try await withRegistry { try await body(queue, $0) } }
    }

    /// The queue alone, of a folder that exists; as ``run(held:_:)``.
    func withQueue<T>(
        held: (_ pid: String) -> OperatorError,
        _ body: (QueueStore) async throws -> T
    ) async throws -> T {
        let context = OperatorContext.current
        let queue: QueueStore
        do {
            queue = try stores.openQueue(
                now: context.time.now(),
                newKey: SecureRandom.bytes(32),
                onFatal: { context.talk(say("the store failed: \($0)")) }
            )
        } catch StoreError.inUse(_, let pid) {
            throw held(pid.map(String.init) ?? "?")
        } catch {
            throw OperatorError.store(error, in: settings.data)
        }
        return try await withCleanup(queue.close) { try await body(queue) }
    }

    /// Refuses because a service has the folder.
    func refused(_ pid: String) -> OperatorError {
        OperatorError(
            .refused,
            say("process \(pid) works on \(settings.data)"),
            next: say("the same without --offline")
        )
    }

    private func withRegistry<T>(_ body: (Registry) async throws -> T) async throws -> T {
        let context = OperatorContext.current
        let registry: Registry
        do {
            let keys = settings.storage.keys.map { TargetSeal.Key(id: $0.id, key: SymmetricKey(data: $0.key.bytes)) }
            registry = try stores.openRegistry(
                keys: keys,
                newKey: SecureRandom.bytes(32),
                onFatal: { context.talk(say("the store failed: \($0)")) }
            )
        } catch {
            throw OperatorError.store(error, in: settings.data)
        }
        return try await withCleanup(registry.close) { try await body(registry) }
    }

    private func makeFolder() throws {
        guard mkdir(settings.data, 0o700) != 0, errno != EEXIST else { return }
        throw OperatorError(
            .store,
            say("the data folder \(settings.data) cannot be made"),
            why: systemText()
        )
    }
}
