import Domain
import Providers
import Store
import StoreConformance
import Testing

@Suite(.timeLimit(.minutes(1)))
struct RegistryHygieneTests {
    let folder: TestFolder
    let now = TestFolder.start

    init() throws { folder = try TestFolder() }

    private func register(_ registry: Registry, _ installation: String) async throws -> DeviceRow {
        let target = Target.apns(installation)
        let registration = Registration(
            installation: installation,
            target: target,
            environment: .production,
            app: "onepocket",
            platform: .ios
        )
        let account = Account(userID: "u-1", externalKey: nil)
        _ = try await registry.register(registration, for: account, limits: Limits(), now: now)
        return try #require(try row(registry, installation))
    }

    private func row(_ registry: Registry, _ installation: String) throws -> DeviceRow? {
        try SQLiteStores(folder: folder.path).registryReader(seal: registry.seal).device(installation: installation)
    }

    private func suspect(_ registry: Registry, _ device: DeviceRow, lane: String) -> TargetFault {
        TargetFault(
            lane: lane,
            device: device.id,
            targetHash: registry.seal.hash(.apns(device.installation)),
            kind: .suspect,
            reason: "BadDeviceToken"
        )
    }

    /// The words of the answers before the last straw are committed after the lane was frozen: outcomes go to the disk first.
    @Test func `a word from before the mass guard acted that comes after it is held`() async throws {
        try await folder.registry { registry async throws in
            let early = try await register(registry, "00aa")
            let late = try await register(registry, "00bb")
            _ = try await registry.apply([suspect(registry, early, lane: "apns/a")], now: now)
            #expect(try await registry.freeze(lane: "apns/a", since: now - .seconds(300), now: now) == 1)

            let changed = try await registry.apply(
                [suspect(registry, late, lane: "apns/a"), suspect(registry, early, lane: "apns/b")],
                now: now
            )

            #expect(changed == 1, "another lane's word still counts")
            #expect(try row(registry, "00bb")?.state == .active)
            let reader = try SQLiteStores(folder: folder.path).registryReader(seal: registry.seal)
            #expect(try reader.heldFaultCount(of: "apns/a") == 2)
            let thawed = try await registry.thaw(lane: "apns/a", applying: true, now: now)
            #expect(thawed.held == 2)
            #expect(try row(registry, "00bb")?.state == .suspect)
        }
    }
}
