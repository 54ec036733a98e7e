import Domain
import Glibc
import Store
import StoreConformance
import Synchronization
import Testing

@testable import Delivery

/// The thread that encrypts: one loader, one page after the other, and whose fault a page is that cannot be loaded.
@Suite(.timeLimit(.minutes(1)))
struct SealerTests {
    private struct NotReadable: Error {}

    private final class Notes: Sendable {
        private let kept = Mutex<[String]>([])
        var all: [String] { kept.withLock { $0 } }
        func add(_ note: String) { kept.withLock { $0.append(note) } }
    }

    private func withSealer(_ body: (Sealer) async throws -> Void) async throws {
        try await RefusingStore.with { store in
            let registry = try store.stores.openRegistry(
                keys: [StorePlace.key],
                newKey: [UInt8](repeating: 9, count: 32),
                onFatal: { _ in }
            )
            do {
                let sealer = try Sealer { [queue = store.queue, stores = store.stores, seal = registry.seal] in
                    DeliveryLoader(
                        queue: try stores.queueReader(),
                        registry: try stores.registryReader(seal: seal),
                        installationKey: queue.installationKey,
                        kinds: Current(PublicationCatalogue()),
                        messages: Current(MessageCatalogue()),
                        rules: Current(.none),
                        limits: Limits(),
                        time: HandClock().source
                    )
                }
                try await body(sealer)
            } catch {
                await registry.close()
                throw error
            }
            await registry.close()
        }
    }

    @Test func `a page that cannot be loaded is told to who asked, and the next has its turn`() async throws {
        try await withSealer { sealer in
            let ends = Notes()
            for number in 0..<4 {
                sealer.submit(
                    .init { _ in
                        if number % 2 == 1 { throw NotReadable() }
                        return DeliveryLoader.Loaded()
                    } completion: { result in
                        switch result {
                        case .success: ends.add("\(number) is loaded")
                        case .failure(let error): ends.add("\(number): \(error)")
                        }
                    }
                )
            }
            sealer.stop()
            await sealer.run()
            #expect(ends.all == ["0 is loaded", "1: NotReadable()", "2 is loaded", "3: NotReadable()"])
        }
    }

    @Test func `what was handed in before a stop is loaded, what comes after it is not`() async throws {
        try await withSealer { sealer in
            let ends = Notes()
            func submit(_ name: String) {
                sealer.submit(.init(load: { _ in DeliveryLoader.Loaded() }, completion: { _ in ends.add(name) }))
            }
            submit("before")
            sealer.stop()
            submit("after")
            await sealer.run()
            #expect(ends.all == ["before"])
        }
    }

    @Test func `all pages are loaded by one loader, on a thread that nobody else has`() async throws {
        try await withSealer { sealer in
            let threads = Mutex<Set<UInt>>([])
            let seen = Notes()
            let announced = DeliveryID(rawValue: 7)
            for _ in 0..<3 {
                sealer.submit(
                    .init { loader in
                        _ = threads.withLock { $0.insert(UInt(pthread_self())) }
                        seen.add("\(loader.announced.count)")
                        loader.announced[announced] = announced
                        return DeliveryLoader.Loaded()
                    } completion: { _ in
                    }
                )
            }
            sealer.stop()
            await sealer.run()
            #expect(seen.all == ["0", "1", "1"])
            let used = threads.withLock { $0 }
            #expect(used.count == 1)
        }
    }
}
