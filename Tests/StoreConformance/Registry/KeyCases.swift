import Cryptography
import Domain
import Store
import Testing

/// The keys that addresses are sealed with.
enum KeyCases {
    static let all = [
        StoreCase("addresses move under the first key, some at a time", resealed),
        StoreCase("an address whose key is missing fails alone", missing),
    ]

    private static let second = TargetSeal.Key(id: "k2", key: SymmetricKey(data: [UInt8](repeating: 2, count: 32)))
    private static let keys = [second, StorePlace.key]

    private static func resealed(_ place: StorePlace) async throws {
        try await place.registry { registry in
            for number in 1...3 { try await registry.signIn("i-\(number)", of: "u") }
        }
        try await place.registry(keys: keys) { registry in
            try await registry.signIn("i-4", of: "u")
            let reader = try place.reader(registry)
            #expect(try reader.keyUses() == [KeyUse(id: "k1", devices: 3), KeyUse(id: "k2", devices: 1)])
            #expect(try reader.isRight(StorePlace.key) == true && reader.isRight(second) == true)
            let wrong = TargetSeal.Key(id: "k1", key: second.key)
            #expect(try reader.isRight(wrong) == false)
            #expect(try reader.isRight(TargetSeal.Key(id: "K1", key: second.key)) == nil)
            var after = DeviceID(rawValue: 0)
            var slices: [[Int]] = []
            while true {
                let slice = try await registry.reseal(after: after, max: 2)
                slices.append([slice.looked, slice.moved, slice.failed])
                guard let next = slice.next else { break }
                after = next
            }
            #expect(slices == [[2, 2, 0], [2, 1, 0], [0, 0, 0]])
            #expect(try reader.keyUses() == [KeyUse(id: "k2", devices: 4)])
            let targets = try reader.targets(of: "u", provider: .some) { $0 }.map { try $0.get() }
            #expect(targets == (1...4).map { Array("token of i-\($0)".utf8) })
        }
        try await place.registry(keys: [second]) { registry in
            let (rows, _) = try place.reader(registry).unreadableDevices(after: nil, max: 9)
            #expect(rows.isEmpty)
        }
    }

    private static func missing(_ place: StorePlace) async throws {
        try await place.registry(keys: keys) { registry in try await registry.signIn("i-1", of: "u") }
        try await place.registry(keys: keys.reversed()) { registry in
            try await registry.signIn("i-2", of: "u")
            let only = TargetSeal(keys: [StorePlace.key], hashKey: [UInt8](repeating: 9, count: 32))
            let reader = try place.stores.registryReader(seal: only)
            let ids = try reader.devices(.init(), after: nil, limit: 9).map(\.id)
            let row = UnreadableRowError(.device, ids[0].rawValue, .unknownKey(id: "k2"))
            let found = try reader.addresses(of: ids)
            #expect(found[ids[0]]?.failure == row)
            #expect(try found[ids[1]]?.get().target == Array("token of i-2".utf8))
            let targets = try reader.targets(of: "u", provider: .some) { $0 }
            #expect(targets.map(\.failure) == [row, nil])
            let first = try reader.unreadableDevices(after: nil, max: 1)
            #expect(first.rows == [row] && first.last == ids[0])
            let second = try reader.unreadableDevices(after: ids[0], max: 9)
            #expect(second.rows.isEmpty && second.last == ids[1])
            #expect(try reader.unreadableDevices(after: ids[1], max: 9).last == nil)
            #expect(try reader.routes(of: [PersonID(rawValue: 1)])[PersonID(rawValue: 1)].count == 2)
        }
    }
}
