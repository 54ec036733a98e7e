import Domain
import Store
import Testing

/// Devices, where they are rung, and the brake.
extension RegistryCheck {
    func phones(_ devices: Set<DeviceID>) throws {
        let phones = state.phones.phones.sorted { $0.id < $1.id }
        var rows: [DeviceRow] = []
        while true {
            let page = try reader.devices(.init(), after: rows.last?.id, limit: 3)
            rows += page
            if page.count < 3 { break }
        }
        #expect(rows.map(\.id) == phones.map(\.id), comment)
        for (row, phone) in zip(rows, phones) {
            #expect(
                [row.installation, row.ownerID, row.tokenTail, row.tokenKind, row.platform]
                    == [phone.installation, phone.user, phone.target.tail, "token", phone.platform?.name ?? ""],
                comment
            )
            #expect(
                [row.host, row.locale, row.reason] == [phone.target.authority, phone.locale, phone.reason],
                comment
            )
            #expect(row.owner == id(phone.user), comment)
            #expect(row.state == phone.shown, comment)
            #expect([row.registeredAt, row.lastSeenAt] == [phone.registeredAt, phone.registeredAt], comment)
            #expect(try reader.device(row.id)?.installation == row.installation, comment)
        }
        func ids(_ filter: RegistryReader.DeviceFilter) throws -> [DeviceID] {
            try reader.devices(filter, after: nil, limit: 100).map(\.id)
        }
        for name in RegistryModel.names {
            let users = state.named(name).flatMap { state.accounts(of: $0) }
            #expect(try ids(.init(user: name)) == phones.filter { users.contains($0.user) }.map(\.id), comment)
        }
        for user in RegistryModel.users {
            #expect(try ids(.init(account: user)) == phones.filter { $0.user == user }.map(\.id), comment)
        }
        for installation in RegistryModel.installations {
            let own = phones.filter { $0.installation == installation }
            #expect(try ids(.init(installation: installation)) == own.map(\.id), comment)
            // The one that is proven stands for the installation.
            let first = own.first(where: \.isProven) ?? own.first
            #expect(try reader.device(installation: installation)?.id == first?.id, comment)
        }
        for shown in DeviceState.allCases {
            #expect(try ids(.init(state: shown)) == phones.filter { $0.shown == shown }.map(\.id), comment)
        }
        let installations = phones.map(\.installation).filter { $0.hasPrefix("i") }.sorted()
        #expect(try reader.installations(prefix: "i", limit: 3) == Array(installations.prefix(3)), comment)
        try counts(phones)
        for device in devices {
            let lines = try reader.history(of: device).map {
                PhoneState.Change(at: $0.at, state: $0.state, lane: $0.lane, reason: $0.reason)
            }
            #expect(lines == state.phones.history[device] ?? [], comment)
        }
    }

    private func counts(_ phones: [PhoneState.Phone]) throws {
        for number in 0..<6 {
            let target = RegistryModel.target(number)
            let host = target.authority ?? "push.example:\(number)"
            let isThere = phones.contains { $0.target.provider == target.provider && $0.target.authority == host }
            #expect(try reader.hasDevice(of: target.provider, at: host) == isThere, comment)
        }
        var sums: [String: Int] = [:]
        for count in try reader.deviceCounts() where count.count > 0 {
            sums["\(count.provider.rawValue) \(count.app) \(count.host ?? "-") \(count.state)"] = count.count
        }
        let expected = Dictionary(grouping: phones) {
            "\($0.target.provider.rawValue) onepocket \($0.target.authority ?? "-") \($0.shown)"
        }
        #expect(sums == expected.mapValues(\.count), comment)
    }

    func addresses(_ devices: Set<DeviceID>, _ seal: TargetSeal) throws {
        let missing = (0..<700).map { DeviceID(rawValue: 1_000_000 + $0) }
        let found = try reader.addresses(of: Array(devices) + missing)
        #expect(Set(found.keys) == Set(state.phones.phones.map(\.id)), comment)
        for phone in state.phones.phones {
            let address = try #require(try found[phone.id]?.get(), comment)
            #expect(address.owner == id(phone.user), comment)
            #expect(address.ownerID == phone.user, comment)
            #expect(address.target == phone.target.bytes, comment)
            #expect(address.targetHash.bytes == seal.hash(phone.target), comment)
            #expect(address.registeredAt == phone.registeredAt, comment)
            #expect(address.state == phone.shown, comment)
            #expect(address.platform == phone.platform, comment)
            let chosen = state.wishes[phone.user]?.stored.wishes.locale
            #expect(address.locale == chosen ?? phone.locale ?? state.accounts[phone.user]?.locale, comment)
            let owner = state.person(of: phone.user)
            #expect(address.isRestricted == owner.map { state.restricted[$0] != nil }, comment)
            #expect(address.isRevoked == (phone.state == .disabled && phone.reason == "revoked"), comment)
        }
        for user in RegistryModel.users {
            for provider in [ProviderID(1), ProviderID(2)] {
                let targets = try reader.targets(of: user, provider: provider) { $0 }.map { try $0.get() }
                let own = state.phones.phones.filter {
                    $0.user == user && $0.target.provider == provider && $0.state != .disabled
                }
                #expect(targets == own.sorted { $0.id < $1.id }.map(\.target.bytes), comment)
            }
        }
        let (unreadable, last) = try reader.unreadableDevices(after: nil, max: 100)
        #expect(unreadable.isEmpty && last == state.phones.phones.map(\.id).max(), comment)
    }

    func routes(now: Instant, _ random: inout SeededWalk) throws {
        let since = now - .milliseconds(.random(in: 0...400_000_000, using: &random))
        for seenSince in [Instant(milliseconds: .min), since] {
            // Some of all: devices of those who were not asked for are not found.
            let everybody = ids.values.sorted()
            let some = everybody.shuffled(using: &random).prefix(.random(in: 0...everybody.count, using: &random))
            let asked = some + Self.nobody
            let found = try reader.routes(of: asked, seenSince: seenSince)
            var expected: [PersonID: [DeviceID]] = [:]
            for phone in state.phones.phones where phone.state != .disabled && phone.registeredAt >= seenSince {
                guard let owner = id(phone.user), some.contains(owner) else { continue }
                expected[owner, default: []].append(phone.id)
            }
            #expect(found.owners(of: (everybody + Self.nobody).sorted()) == expected.keys.sorted(), comment)
            for person in asked {
                let routes = try found[person].map { try $0.get() }
                #expect(routes.map(\.id) == (expected[person] ?? []).sorted(), comment)
                for route in routes {
                    let phone = try #require(state.phones.phones.first { $0.id == route.id }, comment)
                    #expect(route.provider == phone.target.provider && route.host == phone.target.authority, comment)
                    #expect(route.state == phone.shown && route.app == "onepocket", comment)
                }
            }
        }
    }

    func brake() throws {
        #expect(try reader.frozenLanes() == state.phones.frozen, comment)
        for lane in RegistryModel.lanes {
            let held = (state.phones.held[lane] ?? [:]).sorted { $0.key < $1.key }
            let found = try reader.heldFaults(of: lane, limit: 2)
            #expect(found.map(\.device) == held.prefix(2).map(\.key), comment)
            #expect(found.map(\.state) == held.prefix(2).map(\.value.state), comment)
            #expect(found.map(\.at) == held.prefix(2).map(\.value.at), comment)
            #expect(try reader.heldFaultCount(of: lane) == held.count, comment)
        }
    }
}
