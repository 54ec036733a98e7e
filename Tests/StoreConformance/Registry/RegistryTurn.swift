import Domain
import Store
import Testing

/// One random change at a time, made in the registry and in the dictionaries, and what each says of it.
struct RegistryTurn {
    var state = RegistryState()
    var random: SeededWalk
    var now = StorePlace.start
    let told = Told<DeviceID>()
    /// All there have been.
    var devices: Set<DeviceID> = []

    init(seed: UInt64) { random = SeededWalk(seed: seed) }

    mutating func one(of names: [String]) -> String { names[Int.random(in: names.indices, using: &random)] }
    mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &random) == 0 }

    /// - Returns: what was done, for whoever reads a failure.
    mutating func take(_ registry: Registry, _ reader: RegistryReader) async throws -> String {
        switch Int.random(in: 0..<24, using: &random) {
        case 0..<6: return try await register(registry, reader)
        case 6: return try await signOut(registry)
        case 7..<10: return try await hear(registry)
        case 10: return try await brake(registry)
        case 11: return try await revokeOrSweep(registry)
        case 12..<15: return try await deliverChange(registry)
        case 15..<18: return try await tieOrPart(registry, reader)
        case 18..<20: return try await choose(registry)
        case 20: return try await importWishes(registry)
        case 21: return try await restrict(registry, reader)
        case 22: return try await erase(registry, reader)
        default: return try await activate(registry)
        }
    }

    // MARK: Devices

    private mutating func register(_ registry: Registry, _ reader: RegistryReader) async throws -> String {
        let user = one(of: RegistryModel.users)
        let target = RegistryModel.target(.random(in: 0..<6, using: &random))
        let device = Registration(
            installation: one(of: RegistryModel.installations),
            target: target,
            environment: .production,
            app: "onepocket",
            platform: chance(4) ? nil : .android,
            locale: chance(3) ? "pt-BR" : nil
        )
        state.meet(user)
        let new = PhoneState.Phone(
            id: DeviceID(rawValue: (devices.map(\.rawValue).max() ?? 0) + 1),
            installation: device.installation,
            user: user,
            target: target,
            locale: device.locale,
            platform: device.platform,
            isProven: true,
            registeredAt: now
        )
        let (accounts, person) = (state, state.person(of: user))
        let expected = state.phones.register(new, max: 2, now: now) { accounts.person(of: $0) == person }
        var limits = Limits()
        limits.devicesPerAccount = 2
        let account = Account(userID: user, externalKey: nil)
        let registered = try await registry.register(device, for: account, limits: limits, now: now)
        #expect(registered.isNew == expected.isNew)
        #expect(registered.state == expected.state)
        #expect(told.take() == expected.changed)
        if state.phones.index(new.id) != nil, !devices.contains(new.id) {
            // A number nobody had; how far it leaps is the engine's affair.
            let row = try #require(try reader.device(installation: device.installation, of: user))
            #expect(row.id >= new.id)
            state.phones.rename(new.id, row.id)
            devices.insert(row.id)
        }
        return "\(user) registers \(device.installation) with \(target.tail)"
    }

    private mutating func signOut(_ registry: Registry) async throws -> String {
        let user = one(of: RegistryModel.users)
        let account = Account(userID: user, externalKey: nil)
        if chance(2) {
            let target = RegistryModel.target(.random(in: 0..<6, using: &random))
            try await registry.remove(target: target, of: account)
            #expect(told.take() == state.phones.remove(where: { $0.user == user && $0.target == target }, now))
            return "\(user) signs out of \(target.tail)"
        }
        let installation = one(of: RegistryModel.installations)
        try await registry.remove(installation: installation, of: account)
        #expect(told.take() == state.phones.remove(where: { $0.user == user && $0.installation == installation }, now))
        return "\(user) signs out of \(installation)"
    }

    /// A provider's words, each about another device, some about an address it has no more.
    private mutating func hear(_ registry: Registry) async throws -> String {
        let lane = one(of: RegistryModel.lanes)
        var faults: [(fault: TargetFault, target: Target)] = []
        for device in devices.sorted() where chance(2) {
            let phone = state.phones.phones.first { $0.id == device }
            let target = chance(4) ? RegistryModel.target(0) : phone?.target ?? RegistryModel.target(1)
            let isProof = phone?.isProven == false && chance(2)
            let since = now - .milliseconds(.random(in: 0...80_000_000, using: &random))
            let kind: TargetFault.Kind = isProof ? .proven : chance(2) ? .suspect : .gone(since: since)
            let fault = TargetFault(
                lane: lane,
                device: device,
                targetHash: registry.seal.hash(target),
                kind: kind,
                reason: "Unregistered",
                isHeld: !isProof && chance(6)
            )
            faults.append((fault, target))
        }
        let (count, changed) = state.phones.apply(faults, now: now)
        let applied = try await registry.apply(faults.map(\.fault), now: now)
        #expect(applied == count)
        #expect(told.take() == changed)
        return "\(lane) says \(faults.map { "\($0.fault.kind) of \($0.fault.device.rawValue)" })"
    }

    private mutating func brake(_ registry: Registry) async throws -> String {
        let lane = one(of: RegistryModel.lanes)
        let since = now - .milliseconds(.random(in: 0...200_000_000, using: &random))
        switch Int.random(in: 0..<4, using: &random) {
        case 0, 1:
            let changed = state.phones.freeze(lane, since: since, now: now)
            let count = try await registry.freeze(lane: lane, since: since, now: now)
            #expect(count == changed.count)
            #expect(told.take() == changed)
            return "\(lane) freezes"
        case 2:
            let isDryRun = chance(3)
            let changed = state.phones.restore(lane, since: since, isDryRun: isDryRun, now: now)
            let count = try await registry.restore(lane: lane, since: since, isDryRun: isDryRun, now: now)
            #expect(count == changed.count)
            #expect(told.take() == (isDryRun ? [] : changed))
            return "\(lane) is restored"
        default:
            let isApplying = chance(2)
            let expected = state.phones.thaw(lane, applying: isApplying, now: now)
            let (held, changed) = try await registry.thaw(lane: lane, applying: isApplying, now: now)
            #expect(held == expected.held)
            #expect(changed == expected.changed.count)
            #expect(told.take() == expected.changed)
            return "\(lane) thaws"
        }
    }

    private mutating func revokeOrSweep(_ registry: Registry) async throws -> String {
        if chance(2) {
            let installation = one(of: RegistryModel.installations)
            let expected = state.phones.revoke(installation, now: now)
            let revoked = try await registry.revoke(installation, now: now)
            #expect(revoked == expected.map { !$0.isEmpty })
            #expect(told.take() == expected ?? [])
            return "\(installation) is revoked"
        }
        let ages = Registry.HygieneAges(
            suspect: .seconds(100_000),
            disabled: .seconds(150_000),
            unseen: .seconds(400_000),
            history: .seconds(500_000)
        )
        let (count, changed) = state.phones.sweep(ages, now: now)
        let swept = try await registry.sweepDevices(ages, now: now)
        #expect(swept == count)
        #expect(told.take() == changed)
        return "a sweep"
    }

    private mutating func activate(_ registry: Registry) async throws -> String {
        let uai = one(of: ["0420001A", "0420002B", "0690001C", "0750001Z"])
        let isActive = chance(2)
        let isKnown = RegistryModel.schools.values.contains { $0.values.contains(uai) }
        let changed = try await registry.activate(uai.lowercased(), isActive, now: now)
        #expect(changed == (isKnown ? state.switched[uai] != isActive : nil))
        if isKnown { state.switched[uai] = isActive }
        return "\(uai) is switched"
    }
}
