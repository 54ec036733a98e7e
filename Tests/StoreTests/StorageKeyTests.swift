import Cryptography
import Domain
import Providers
import SQLite
import Store
import Testing

/// Keys that come and go.
@Suite(.timeLimit(.minutes(1)))
struct StorageKeyTests {
    let folder: TestFolder
    let old = TestFolder.key
    let new = TargetSeal.Key(id: "k2", key: SymmetricKey(data: [UInt8](repeating: 2, count: 32)))

    init() throws { folder = try TestFolder() }

    private func register(_ registry: Registry, _ numbers: ClosedRange<Int>) async throws {
        for number in numbers {
            _ = try await registry.register(
                Registration(
                    installation: "i-\(number)",
                    target: .fcmToken("t-\(number)"),
                    environment: .production,
                    app: "onepocket"
                ),
                for: Account(userID: "u-\(number)", externalKey: nil),
                limits: Limits(),
                now: TestFolder.start
            )
        }
    }

    private func uses(_ registry: Registry) throws -> [KeyUse] {
        try SQLiteStores(folder: folder.path).registryReader(seal: registry.seal).keyUses()
    }

    @Test func `devices move to the first key in slices, and what nobody opens stays alone`() async throws {
        try await folder.registry(keys: [old]) { try await register($0, 1...7) }
        try await folder.registry(keys: [new, old]) { registry async throws in
            try await register(registry, 8...9)
            #expect(try uses(registry) == [KeyUse(id: "k1", devices: 7), KeyUse(id: "k2", devices: 2)])
            try folder.intruder("registry.db").execute(
                "UPDATE device SET target = substr(target, 1, length(target) - 1) WHERE installation = 'i-3'"
            )

            var after = DeviceID(rawValue: 0)
            var slices: [Registry.Resealed] = []
            while true {
                let slice = try await registry.reseal(after: after, max: 4)
                slices.append(slice)
                guard let next = slice.next else { break }
                after = next
            }

            #expect(slices.map(\.looked) == [4, 4, 1])
            #expect(slices.map(\.moved) == [3, 3, 0])
            #expect(slices.map(\.failed) == [1, 0, 0])
            #expect(try uses(registry) == [KeyUse(id: "k1", devices: 1), KeyUse(id: "k2", devices: 8)])
        }
        try await folder.registry(keys: [new]) { registry async throws in
            let reader = try SQLiteStores(folder: folder.path).registryReader(seal: registry.seal)
            for number in [1, 2, 4, 5, 6, 7, 8, 9] {
                #expect(try reader.tokens(of: "u-\(number)") == ["t-\(number)"])
            }
        }
    }

    @Test func `a rotation can be rolled back, and forward again`() async throws {
        for keys in [[old], [new, old], [old], [old, new], [new, old]] {
            try await folder.registry(keys: keys) { registry async throws in
                try await register(registry, 1...1)
                #expect(
                    try SQLiteStores(folder: folder.path).registryReader(seal: registry.seal).tokens(of: "u-1") == [
                        "t-1"
                    ]
                )
            }
        }
    }

    @Test func `a wrong key under a right name is refused, also one that is not the first`() async throws {
        try await folder.registry(keys: [new, old]) { try await register($0, 1...1) }
        let wrong = TargetSeal.Key(id: "k1", key: new.key)

        await #expect(throws: TargetSeal.OpenError.wrongKey(id: "k1")) {
            try await folder.registry(keys: [new, wrong]) { _ in }
        }
        await #expect(throws: TargetSeal.OpenError.wrongKey(id: "k1")) {
            try await folder.registry(keys: [wrong, new]) { _ in }
        }
        try await folder.registry(keys: [new, old]) { registry async throws in
            let reader = try SQLiteStores(folder: folder.path).registryReader(seal: registry.seal)
            #expect(try reader.isRight(wrong) == false)
            #expect(try reader.isRight(old) == true)
            #expect(try reader.isRight(.init(id: "k3", key: old.key)) == nil)
        }
    }

    @Test func `in a registry without check values the devices tell a wrong key`() async throws {
        try await folder.registry(keys: [old]) { try await register($0, 1...1) }
        try await folder.registry(keys: [new, old]) { try await register($0, 2...2) }
        try folder.intruder("registry.db").execute(
            "DELETE FROM meta WHERE name LIKE 'keyCheck:%' OR name LIKE 'targetHashKey:%'"
        )
        let wrong = TargetSeal.Key(id: "k1", key: new.key)

        await #expect(throws: TargetSeal.OpenError.wrongKey(id: "k1")) {
            try await folder.registry(keys: [new, wrong]) { _ in }
        }
        try await folder.registry(keys: [new, old]) { _ in }
    }

    @Test func `a copy of the hash key goes with the last device of a retired key`() async throws {
        try await folder.registry(keys: [new, old]) { try await register($0, 1...1) }
        try await folder.registry(keys: [new]) { _ in }

        await #expect(throws: TargetSeal.OpenError.unknownKey(id: "k2")) {
            try await folder.registry(keys: [old]) { _ in }
        }
    }

    @Test func `a damaged check value or a damaged copy condemns no key`() async throws {
        try await folder.registry(keys: [old]) { try await register($0, 1...1) }
        for damage in ["name = 'keyCheck:k1'", "name = 'targetHashKey'", "name = 'targetHashKey:k1'"] {
            try folder.intruder("registry.db").execute("UPDATE meta SET value = x'0011223344556677' WHERE \(damage)")
            try await folder.registry(keys: [old]) { registry async throws in
                let reader = try SQLiteStores(folder: folder.path).registryReader(seal: registry.seal)
                #expect(try reader.tokens(of: "u-1") == ["t-1"])
            }
        }
    }
}
