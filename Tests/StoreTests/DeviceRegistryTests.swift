import Cryptography
import Database
import Domain
import Glibc
import Providers
import SQLite
import Store
import StoreConformance
import Testing

@Suite(.timeLimit(.minutes(1)))
struct DeviceRegistryTests {
    let folder: TestFolder
    let now = TestFolder.start

    init() throws { folder = try TestFolder() }

    private func reader(_ registry: Registry) throws -> RegistryReader {
        try SQLiteStores(folder: folder.path).registryReader(seal: registry.seal)
    }

    private func register(
        _ registry: Registry,
        _ installation: String,
        _ token: String,
        of user: String,
        at now: Instant = TestFolder.start,
        key: String? = nil
    ) async throws -> Bool {
        try await registry.register(
            Registration(
                installation: installation,
                target: .fcmToken(token),
                environment: .production,
                app: "onepocket",
                platform: .android,
                locale: "fr-FR"
            ),
            for: Account(userID: user, externalKey: key),
            limits: Limits(),
            now: now
        ).isNew
    }

    private func installations(_ registry: Registry, of user: String) throws -> [String] {
        try reader(registry).devices(.init(user: user), after: nil, limit: 100).map(\.installation)
    }

    @Test func `a device is found by its owner, with its target only for those who have the keys`() async throws {
        try await folder.registry { registry async throws in
            let isNew = try await register(registry, "i-1", "token-0001", of: "u-1")
            #expect(isNew)
            let again = try await register(registry, "i-1", "token-0001", of: "u-1", at: now + .seconds(9))
            #expect(!again)

            let reader = try reader(registry)
            let row = try #require(try reader.devices(.init(user: "u-1"), after: nil, limit: 9).first)
            #expect(row.tokenTail == "0001" && row.tokenKind == "token" && row.ownerID == "u-1" && row.state == .active)
            #expect(row.locale == "fr-FR" && row.platform == "android" && row.registeredAt == now + .seconds(9))
            let address = try #require(try reader.address(row.id))
            #expect(address.target == Target.fcmToken("token-0001").bytes && address.ownerID == "u-1")
            #expect(address.targetHash.bytes == registry.seal.hash(.fcmToken("token-0001")))
            #expect(try reader.tokens(of: "u-1") == ["token-0001"])
            #expect(try reader.route(row.owner).map(\.id) == [row.id])
            #expect(try reader.devices(.init(installation: "i-1"), after: nil, limit: 9).map(\.id) == [row.id])
            #expect(try reader.devices(.init(user: "nobody"), after: nil, limit: 9).isEmpty)
        }
    }

    @Test func `an installation moves to the newest account`() async throws {
        try await folder.registry { registry async throws in
            _ = try await register(registry, "i-1", "token-1", of: "u-1")
            let isNew = try await register(registry, "i-1", "token-1", of: "u-2")
            #expect(isNew)
            #expect(try installations(registry, of: "u-1").isEmpty)
            #expect(try installations(registry, of: "u-2") == ["i-1"])
        }
    }

    @Test func `a token moves to the newest account, also under another installation`() async throws {
        try await folder.registry { registry async throws in
            _ = try await register(registry, "i-1", "token-1", of: "u-1")
            _ = try await register(registry, "i-2", "token-2", of: "u-1")
            _ = try await register(registry, "i-3", "token-1", of: "u-2")
            #expect(try installations(registry, of: "u-1") == ["i-2"])
            #expect(try installations(registry, of: "u-2") == ["i-3"])
            // Two installations exchange their tokens.
            _ = try await register(registry, "i-2", "token-1", of: "u-1")
            #expect(try installations(registry, of: "u-1") == ["i-2"])
            #expect(try installations(registry, of: "u-2").isEmpty)
        }
    }

    @Test func `a new token of an installation takes the place of its old one`() async throws {
        try await folder.registry { registry async throws in
            let isNew = try await register(registry, "i-1", "token-1", of: "u-1")
            let isNewAgain = try await register(registry, "i-1", "token-2", of: "u-1", at: now + .seconds(9))

            #expect(isNew && !isNewAgain)
            #expect(try installations(registry, of: "u-1") == ["i-1"])
            #expect(try reader(registry).tokens(of: "u-1") == ["token-2"])
        }
    }

    @Test func `of more than twenty devices the stalest goes`() async throws {
        try await folder.registry { registry async throws in
            for number in 1...20 {
                _ = try await register(
                    registry,
                    "i-\(number)",
                    "t-\(number)",
                    of: "u-1",
                    at: now + .seconds(Int64(number))
                )
            }
            _ = try await register(registry, "i-1", "t-1", of: "u-1", at: now + .seconds(30))
            _ = try await register(registry, "i-21", "t-21", of: "u-1", at: now + .seconds(31))
            #expect(
                Set(try installations(registry, of: "u-1"))
                    == Set([1] + (3...21)).reduce(into: []) { $0.insert("i-\($1)") }
            )

            // The clock went back a day: what registers now stays all the same.
            _ = try await register(registry, "i-22", "t-22", of: "u-1", at: now + .seconds(-86_400))
            let kept = try installations(registry, of: "u-1")
            #expect(kept.count == 20 && kept.contains("i-22") && !kept.contains("i-3"))
        }
    }

    @Test func `an account removes its own devices only`() async throws {
        try await folder.registry { registry async throws in
            _ = try await register(registry, "i-1", "t-1", of: "u-1")
            _ = try await register(registry, "i-2", "t-2", of: "u-1")
            let other = Account(userID: "u-2", externalKey: nil)
            try await registry.remove(installation: "i-1", of: other)
            try await registry.remove(target: .fcmToken("t-2"), of: other)
            #expect(try installations(registry, of: "u-1") == ["i-1", "i-2"])

            let own = Account(userID: "u-1", externalKey: nil)
            try await registry.remove(installation: "i-1", of: own)
            try await registry.remove(target: .fcmToken("t-2"), of: own)
            try await registry.remove(installation: "i-9", of: own)
            #expect(try installations(registry, of: "u-1").isEmpty)
        }
    }

    /// Registered at 0 s; what the provider said and when; whether it was another target; the state after.
    @Test(
        arguments: [
            (TargetFault.Kind.gone(since: TestFolder.start), false, DeviceState.disabled),
            (.gone(since: TestFolder.start + .seconds(60)), false, .disabled),
            (.gone(since: TestFolder.start + .milliseconds(-1)), false, .active),
            (.gone(since: TestFolder.start + .seconds(60)), true, .active),
            (.suspect, false, .suspect), (.suspect, true, .active),
        ]
    )
    func `a proof counts against the target that was used and not registered since`(
        fault: TargetFault.Kind,
        isOtherTarget: Bool,
        state: DeviceState
    ) async throws {
        try await folder.registry { registry async throws in
            _ = try await register(registry, "i-1", "t-1", of: "u-1")
            let reader = try reader(registry)
            let device = try #require(try reader.devices(.init(), after: nil, limit: 1).first)
            let hash = registry.seal.hash(.fcmToken(isOtherTarget ? "t-2" : "t-1"))

            let changed = try await registry.apply(
                [.init(lane: "fcm/test", device: device.id, targetHash: hash, kind: fault, reason: "UNREGISTERED")],
                now: TestFolder.start
            )

            #expect(changed == (state == .active ? 0 : 1))
            #expect(try reader.device(device.id)?.state == state)
            #expect(try reader.route(device.owner).isEmpty == (state == .disabled))
            // Registering again proves it alive.
            _ = try await register(registry, "i-1", "t-1", of: "u-1", at: now + .seconds(90))
            #expect(try reader.device(device.id)?.state == .active)
            #expect(try reader.device(device.id)?.reason == nil)
        }
    }

    @Test func `no target stands readable in the file`() async throws {
        let token = "LZZh6VTDEo3zAQf6yAPvHb:APA91bEPwS5FrW5pqjRxx6v4"
        try await folder.registry { registry async throws in
            _ = try await register(registry, "i-1", token, of: "u-1")
        }
        let bytes = try file("registry.db")
        // The installation is readable: the search works.
        #expect(contains(bytes, "i-1"))
        for part in [token, String(token.prefix(12)), String(token.suffix(12))] { #expect(!contains(bytes, part)) }
    }

    @Test func `an old storage key opens, the new one seals, a lost one is named`() async throws {
        let old = TestFolder.key
        let new = TargetSeal.Key(id: "k2", key: SymmetricKey(data: [UInt8](repeating: 2, count: 32)))
        try await folder.registry(keys: [old]) { _ = try await register($0, "i-1", "t-1", of: "u-1") }
        try await folder.registry(keys: [new, old]) { registry async throws in
            #expect(try reader(registry).tokens(of: "u-1") == ["t-1"])
            _ = try await register(registry, "i-2", "t-2", of: "u-2")
            // The hash key outlived the change: the target is still found.
            _ = try await register(registry, "i-1", "t-1", of: "u-2")
            #expect(try installations(registry, of: "u-1").isEmpty)
        }
        // All devices have registered since: the old key can go.
        try await folder.registry(keys: [new]) { registry async throws in
            #expect(Set(try reader(registry).tokens(of: "u-2")) == ["t-2", "t-1"])
        }
        await #expect(throws: TargetSeal.OpenError.unknownKey(id: "k2")) {
            try await folder.registry(keys: [old]) { _ in }
        }
        let wrong = TargetSeal.Key(id: "k2", key: old.key)
        await #expect(throws: TargetSeal.OpenError.wrongKey(id: "k2")) {
            try await folder.registry(keys: [wrong]) { _ in }
        }
    }

    @Test(
        arguments: [
            .fcmToken("abc:def"), .fcmInstallation("cafe"), .apns("00ff"),
            .webpush(
                Subscription(
                    endpoint: "https://push.example.org/x",
                    p256dh: [UInt8](repeating: 4, count: 65),
                    auth: [UInt8](repeating: 5, count: 16)
                )
            ),
        ] as [Target]
    )
    func `a target is opened as it was sealed`(target: Target) throws {
        let seal = TargetSeal(keys: [TestFolder.key], hashKey: [UInt8](repeating: 3, count: 32))
        let sealed = seal.seal(target, of: "i-1")
        #expect(try seal.open(sealed, of: "i-1") == target.bytes)
        #expect(seal.seal(target, of: "i-1") != sealed, "a nonce is never used twice")
        for position in sealed.indices {
            var damaged = sealed
            damaged[position] ^= 1
            #expect(throws: TargetSeal.OpenError.self) { try seal.open(damaged, of: "i-1") }
            #expect(throws: TargetSeal.OpenError.self) { try seal.open(Array(sealed.prefix(position)), of: "i-1") }
        }
        #expect(throws: TargetSeal.OpenError.damaged, "it is bound to its row") { try seal.open(sealed, of: "i-2") }
        #expect(throws: TargetSeal.OpenError.self) { try seal.open([0, 0], of: "i-1") }
    }

    @Test func `the registrations of the sample leave the devices of the ground truth`() async throws {
        try await folder.registry { registry async throws in
            try await Sample.register(in: registry)

            let rows = try reader(registry).devices(.init(), after: nil, limit: 5000)
            let expected = try Sample.json("expected/devices.json")
            #expect(Int64(rows.count) == expected["devices"]?.int64)
            let perUser = Dictionary(grouping: rows, by: \.ownerID).mapValues { Int64($0.count) }
            let members = try #require(expected["devicesPerUser"]?.object?.members)
            #expect(perUser == Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.value.int64 ?? -1) }))
        }
    }

    private func file(_ name: String) throws -> [UInt8] {
        let descriptor = open(folder.path + "/" + name, O_RDONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = read(descriptor, &bytes, bytes.count)
        try #require(count > 0 && count < bytes.count)
        return Array(bytes[..<count])
    }

    private func contains(_ bytes: [UInt8], _ text: String) -> Bool {
        bytes.firstRange(of: Array(text.utf8)) != nil
    }
}
