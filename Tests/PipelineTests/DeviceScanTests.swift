import Cryptography
import Domain
import Providers
import Store
import Testing

@testable import Pipeline

/// Devices whose address cannot be opened are named, also after a restart without a storage key.
@Suite(.timeLimit(.minutes(2)))
struct DeviceScanTests {
    private static let next = TargetSeal.Key(id: "k2", key: SymmetricKey(data: [UInt8](repeating: 2, count: 32)))

    @Test func `a device sealed by a retired key is named until it registers again; the others ring`() async throws {
        let folder = try TemporaryFolder()
        let old = try await withWorkshop(folder) { try await $0.register("u-old") }
        try await register("u-new", in: folder)
        try await withWorkshop(folder, key: Self.next) { workshop in
            let registry = try Reading { [folder = folder.path, seal = workshop.registry.seal] in
                try SQLiteStores(folder: folder).registryReader(seal: seal)
            }
            let look = DeviceScan(registry: registry, unreadable: workshop.queue.unreadable, logger: Workshop.logger)
            try await look.pass()
            let row = UnreadableRowError(.device, old.id.rawValue, .unknownKey(id: "k1"))
            #expect(workshop.queue.unreadable.first(9) == [row])
            #expect("\(row)" == "device \(old.id.rawValue) is sealed by storage key k1, which is not configured")

            let event = try await workshop.accept(["u-old", "u-new"])
            try await workshop.expander.work()
            try await workshop.deliver()
            #expect(try workshop.state(of: event) == .done)
            #expect(
                try Set(workshop.results(of: event).map(\.reason)) == [nil, .addressUnreadable]
            )
            #expect(
                try workshop.devices.targets(of: "u-old", provider: .fcm, read: FCMTarget.text).compactMap(\.failure)
                    == [row]
            )

            try await workshop.register("u-old")
            try await look.pass()
            #expect(workshop.queue.unreadable.counts.isEmpty)
        }
    }

    /// Registers while both keys are configured and the new one seals, the hash key included.
    private func register(_ user: String, in folder: TemporaryFolder) async throws {
        let registry = try SQLiteStores(folder: folder.path).openRegistry(
            keys: [Self.next, Workshop.key],
            newKey: [UInt8](repeating: 9, count: 32),
            onFatal: { _ in }
        )
        _ = try await registry.register(
            Registration(
                installation: "i-" + user,
                target: .fcmToken("t-" + user),
                environment: .production,
                app: "app"
            ),
            for: Account(userID: user, externalKey: nil),
            limits: Limits(),
            now: Workshop.start
        )
        await registry.close()
    }
}
