import Domain
import Providers
import Store
import StoreConformance
import Testing

/// A phone between two accounts, on the disk.
@Suite(.timeLimit(.minutes(1)))
struct TakeoverStoreTests {
    let folder: TestFolder
    let now = TestFolder.start
    static let lane = "fcm/onepocket"

    init() throws { folder = try TestFolder() }

    private func reader(_ registry: Registry) throws -> RegistryReader {
        try SQLiteStores(folder: folder.path).registryReader(seal: registry.seal)
    }

    private func register(_ registry: Registry, _ installation: String, _ token: String, of user: String) async throws
        -> DeviceState
    {
        try await registry.register(
            Registration(
                installation: installation,
                target: .fcmToken(token),
                environment: .production,
                app: "onepocket"
            ),
            for: Account(userID: user, externalKey: nil),
            limits: Limits(),
            now: now
        ).state
    }

    private func devices(_ registry: Registry, of user: String) throws -> [DeviceRow] {
        try reader(registry).devices(.init(user: user), after: nil, limit: 9)
    }

    private func accept(_ device: DeviceRow, _ token: String, _ registry: Registry) async throws -> Int {
        let hash = registry.seal.hash(.fcmToken(token))
        let proof = TargetFault(lane: Self.lane, device: device.id, targetHash: hash, kind: .proven, reason: "accepted")
        return try await registry.apply([proof], now: now + .seconds(9))
    }

    /// The installation, or the Firebase id before the colon.
    @Test(arguments: [
        ("phone", "own:x"), ("mine", "fid0000000000000000000:forged"), ("phone", "fid0000000000000000000:new"),
    ])
    func `a name alone takes nobody's phone; the provider's word does`(installation: String, token: String) async throws
    {
        try await folder.registry { registry async throws in
            let before = try await register(registry, "phone", "fid0000000000000000000:real", of: "u-1")
            let newcomer = try await register(registry, installation, token, of: "u-2")

            #expect(before == .active && newcomer == .unproven)
            #expect(try devices(registry, of: "u-1").map(\.state) == [.active])
            let waiting = try #require(try devices(registry, of: "u-2").first)
            #expect(waiting.state == .unproven)
            #expect(
                try reader(registry).routes(of: [waiting.owner])[waiting.owner].map { try $0.get().state } == [
                    .unproven
                ]
            )
            #expect(try reader(registry).address(waiting.id)?.state == .unproven)
            #expect(
                try reader(registry).devices(.init(state: .unproven), after: nil, limit: 9).map(\.id) == [waiting.id]
            )
            // The owner's own sign of life changes nothing for either.
            let again = try await register(registry, "phone", "fid0000000000000000000:real", of: "u-1")
            #expect(again == .active)

            let changed = try await accept(waiting, token, registry)

            #expect(changed == 1)
            #expect(try devices(registry, of: "u-1").isEmpty)
            #expect(try devices(registry, of: "u-2").map(\.state) == [.active])
            #expect(try reader(registry).history(of: waiting.id).map(\.reason) == ["unproven", "accepted"])
        }
    }

    @Test func `an acceptance of another target proves nothing`() async throws {
        try await folder.registry { registry async throws in
            _ = try await register(registry, "phone", "t-1", of: "u-1")
            _ = try await register(registry, "phone", "t-2", of: "u-2")
            let waiting = try #require(try devices(registry, of: "u-2").first)
            _ = try await register(registry, "phone", "t-3", of: "u-2")

            let changed = try await accept(waiting, "t-2", registry)

            #expect(changed == 0)
            #expect(try devices(registry, of: "u-1").map(\.state) == [.active])
            #expect(try devices(registry, of: "u-2").map(\.state) == [.unproven])
        }
    }

    @Test func `a refused newcomer is ended, and the owner keeps the phone`() async throws {
        try await folder.registry { registry async throws in
            _ = try await register(registry, "phone", "fid:real", of: "u-1")
            _ = try await register(registry, "mine", "fid:forged", of: "u-2")
            let waiting = try #require(try devices(registry, of: "u-2").first)
            let hash = registry.seal.hash(.fcmToken("fid:forged"))

            _ = try await registry.apply(
                [
                    .init(
                        lane: Self.lane,
                        device: waiting.id,
                        targetHash: hash,
                        kind: .suspect,
                        reason: "INVALID_ARGUMENT"
                    )
                ],
                now: now
            )

            #expect(try devices(registry, of: "u-2").map(\.state) == [.suspect])
            #expect(try devices(registry, of: "u-1").map(\.state) == [.active])
        }
    }

    @Test func `a shared phone moves at once, back and forth`() async throws {
        try await folder.registry { registry async throws in
            for user in ["u-1", "u-2", "u-1", "u-2"] {
                let state = try await register(registry, "phone", "fid:real", of: user)
                #expect(state == .active)
                #expect(try devices(registry, of: user).count == 1)
                #expect(try devices(registry, of: user == "u-1" ? "u-2" : "u-1").isEmpty)
            }
        }
    }

    @Test func `signing out ends the newcomer only, and what is revoked is silent for both`() async throws {
        try await folder.registry { registry async throws in
            _ = try await register(registry, "phone", "t-1", of: "u-1")
            _ = try await register(registry, "phone", "t-2", of: "u-2")
            try await registry.remove(installation: "phone", of: Account(userID: "u-2", externalKey: nil))
            #expect(try devices(registry, of: "u-1").count == 1)
            _ = try await register(registry, "phone", "t-2", of: "u-2")

            let changed = try await registry.revoke("phone", now: now)

            #expect(changed == true)
            #expect(try devices(registry, of: "u-1").map(\.state) == [.disabled])
            #expect(try devices(registry, of: "u-2").map(\.state) == [.disabled])
            let again = try await registry.revoke("phone", now: now)
            let unknown = try await registry.revoke("nothing", now: now)
            #expect(again == false && unknown == nil)
        }
    }
}
