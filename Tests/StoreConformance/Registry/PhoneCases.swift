import Domain
import Store
import Testing

/// Registrations beyond what one account and one address do to one another.
enum PhoneCases {
    static let all = [
        StoreCase("both forms of an address replace one another", siblings),
        StoreCase("of an account the stalest device goes, whatever the clock says", stalest),
        StoreCase("whoever brings a name alone waits for the provider's word", unproven),
    ]

    private static func form(_ name: String, _ sibling: String) -> Target {
        Target(
            provider: .some,
            bytes: Array(name.utf8),
            sibling: Array(sibling.utf8),
            kind: "fid",
            tail: String(name.suffix(4))
        )
    }

    private static func register(
        _ installation: String,
        _ target: Target,
        of user: String = "u",
        at now: Instant = StorePlace.start,
        _ registry: Registry
    ) async throws -> Registry.Registered {
        let device = Registration(
            installation: installation,
            target: target,
            environment: .sandbox,
            app: "onepocket",
            timezone: "Europe/Paris",
            appVersion: "1"
        )
        let account = Account(userID: user, externalKey: nil)
        return try await registry.register(device, for: account, limits: Limits(), now: now)
    }

    private static func installations(_ reader: RegistryReader) throws -> [String] {
        try reader.devices(.init(), after: nil, limit: 99).map(\.installation)
    }

    private static func siblings(_ place: StorePlace) async throws {
        try await place.registry { registry in
            _ = try await register("i-1", form("fid:token", "fid"), registry)
            _ = try await register("i-2", form("fid", "fid"), registry)
            let reader = try place.reader(registry)
            #expect(try installations(reader) == ["i-2"])
            _ = try await register("i-3", form("fid:other", "fid"), registry)
            _ = try await register("i-4", form("FID:other", "FID"), registry)
            _ = try await register("i-5", .sample("none"), registry)
            _ = try await register("i-6", .sample("none of them"), registry)
            #expect(try installations(reader) == ["i-3", "i-4", "i-5", "i-6"])
            let fid = registry.seal.siblingHash(form("fid:token", "fid"))
            #expect(fid != nil && fid == registry.seal.siblingHash(form("fid", "fid")))
            #expect(registry.seal.siblingHash(.sample("none")) == nil)
            let row = try #require(try reader.device(installation: "i-3"))
            #expect(row.environment == .sandbox && row.platform == "" && row.locale == nil && row.host == nil)
        }
    }

    private static func stalest(_ place: StorePlace) async throws {
        let now = StorePlace.start
        try await place.registry { registry in
            let max = Limits().devicesPerAccount
            for number in 1...max {
                _ = try await register(
                    "i-\(number)",
                    .sample("t-\(number)"),
                    at: now + .seconds(Int64(number)),
                    registry
                )
            }
            _ = try await register("i-1", .sample("t-1"), at: now + .seconds(99), registry)
            _ = try await register("j-1", .sample("u-1"), at: now - .seconds(86_400), registry)
            _ = try await register("other", .sample("t"), of: "U", at: now - .seconds(86_400), registry)
            let left = Set(try installations(try place.reader(registry)))
            #expect(left == Set((1...max).filter { $0 != 2 }.map { "i-\($0)" } + ["j-1", "other"]))
        }
    }

    private static func unproven(_ place: StorePlace) async throws {
        try await place.registry { registry in
            _ = try await register("i", .sample("old"), of: "a", registry)
            let second = try await register("i", .sample("new"), of: "b", registry)
            #expect(second.isNew && second.state == .unproven)
            let reader = try place.reader(registry)
            let rows = try reader.devices(.init(installation: "i"), after: nil, limit: 9)
            #expect(rows.map(\.state) == [.active, .unproven])
            #expect(try reader.deviceCounts().filter { $0.count > 0 }.map(\.state) == [.active, .unproven])
            var word = TargetFault(
                lane: "fcm/a",
                device: rows[1].id,
                targetHash: registry.seal.hash(.sample("old")),
                kind: .proven,
                reason: ""
            )
            let wrong = try await registry.apply([word], now: StorePlace.start)
            #expect(wrong == 0)
            word.targetHash = registry.seal.hash(.sample("new"))
            let right = try await registry.apply([word, word], now: StorePlace.start)
            #expect(right == 1, "it is proven once")
            #expect(try reader.devices(.init(), after: nil, limit: 9).map(\.ownerID) == ["b"])
            #expect(try reader.history(of: rows[0].id).last?.reason == "moved")
        }
    }
}
