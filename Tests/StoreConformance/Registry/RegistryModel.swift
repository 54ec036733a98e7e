import Domain
import Store
import Testing

/// Random deliveries, registrations, answers of providers and choices against plain dictionaries: what readers answer must agree with them
/// after each step.
package struct RegistryModel {
    let place: StorePlace

    package init(_ place: StorePlace) { self.place = place }

    static let day = CalendarDay(daysSince1970: 20_697)
    static let users = ["u1", "u2", "u3", "u4"]
    static let installations = ["i1", "i2", "i3", "i4", "I1"]
    static let pupils = ["p1", "p2", "p3", "P1"]
    static let adults = ["g1", "g2", "g3", "G1", "t1"]
    static let schools = ["main": ["s1": "0420001A", "s2": "0420002B"], "lyon": ["s1": "0690001C"]]
    static let names = users + pupils + adults + ["nobody"]
    static let lanes = ["fcm/a", "FCM/a"]

    static func target(_ number: Int) -> Target {
        Target(
            provider: ProviderID(UInt8(1 + number % 2)),
            bytes: Array("address \(number)".utf8),
            kind: "token",
            tail: "\(number)",
            authority: number % 3 == 0 ? "push.example:\(number)" : nil
        )
    }

    package func walk(seed: UInt64) async throws {
        var turn = RegistryTurn(seed: seed)
        try await place.registry { registry in
            registry.deviceChanges.observe { [told = turn.told] in told.add($0) }
            turn.state.feeds = Self.schools.mapValues { FeedState(schools: $0) }
            // Feeds are numbered in the order in which they are met.
            for feed in RegistryState.feedNames { try await turn.deliver(feed, isComplete: true, to: registry) }
            let reader = try place.stores.registryReader(seal: registry.seal)
            for number in 0..<70 {
                turn.now = turn.now + .milliseconds(.random(in: 1...40_000_000, using: &turn.random))
                let what = try await turn.take(registry, reader)
                let check = try RegistryCheck(turn.state, reader, "seed \(seed), turn \(number): \(what)")
                try check.all(now: turn.now, devices: turn.devices, registry.seal, &turn.random)
            }
        }
        try await place.registry { registry in
            let reader = try place.stores.registryReader(seal: registry.seal)
            let check = try RegistryCheck(turn.state, reader, "seed \(seed), after a restart")
            try check.all(now: turn.now, devices: turn.devices, registry.seal, &turn.random)
            #expect(try reader.violations() == [])
        }
    }
}
