import Domain
import Providers
import Store
import StoreConformance
import Testing

/// Schools as the registry shows them, and the switch that outlives their deliveries.
@Suite(.timeLimit(.minutes(1)))
struct SchoolTests {
    let folder: TestFolder
    let now = TestFolder.start

    init() throws { folder = try TestFolder() }

    private func reader() throws -> RegistryReader { try SQLiteStores(folder: folder.path).registryReader(seal: nil) }

    @Test func `a school is shown with its pupils, its guardians and those who can be rung`() async throws {
        try await folder.registry { registry async throws in
            try await Sample.importAAF("complet-2026-09-01", into: registry)
            let all = try reader().schools(after: nil, limit: 10)
            #expect(all.count == 3 && all.map(\.school.uai) == all.map(\.school.uai).sorted())
            let expected = try #require(try Sample.json("expected/directory.json")["complet-2026-09-01"])
            #expect(Int64(all.reduce(0) { $0 + $1.pupils }) == expected["pupils"]?.int64)
            #expect(all.allSatisfy { $0.guardians > 0 && $0.guardiansWithDevice == 0 && $0.lastImport != nil })
            #expect(try reader().schools(after: all[0].school.uai, limit: 1).map(\.school) == [all[1].school])

            // A guardian of the second school gets two phones, and one of them dies.
            let audience = try reader().audience(
                of: [.school(all[1].school.uai)],
                on: { _ in Sample.day },
                author: nil
            )
            let guardian = try #require(audience.persons.first { $0.role == .guardian })
            let key = try #require(try reader().person(guardian.person)?.key)
            for phone in ["one", "two"] {
                _ = try await registry.register(
                    Registration(
                        installation: phone,
                        target: .fcmToken("token of " + phone),
                        environment: .production,
                        app: "onepocket"
                    ),
                    for: Account(userID: "ent-1", externalKey: key),
                    limits: Limits(),
                    now: now
                )
            }
            let shown = try reader().schools(uai: all[1].school.uai, after: nil, limit: 1)
            #expect(shown.first?.guardiansWithDevice == 1)
            _ = try await registry.revoke("one", now: now)
            #expect(try reader().schools(uai: all[1].school.uai, after: nil, limit: 1).first?.guardiansWithDevice == 1)
            // A suspect is not rung.
            let two = try #require(try reader().devices(.init(installation: "two"), after: nil, limit: 1).first)
            let fault = TargetFault(
                lane: "fcm/onepocket",
                device: two.id,
                targetHash: registry.seal.hash(.fcmToken("token of two")),
                kind: .suspect,
                reason: "INVALID_ARGUMENT"
            )
            _ = try await registry.apply([fault], now: now)
            #expect(try reader().schools(uai: all[1].school.uai, after: nil, limit: 1).first?.guardiansWithDevice == 0)
        }
    }
}
