import Testing

@testable import API

struct ConnectionSlotsTests {
    @Test func `the longest idle gives way, one at work never`() {
        var slots = ConnectionSlots(max: 3, perAddressMax: 3)
        for id in 1...3 { #expect(slots.open(UInt64(id), address: "") == .accept) }
        slots.isBusy(1)
        #expect(slots.open(4, address: "") == .acceptClosing(2))
        slots.isBusy(3)
        slots.isIdle(1)
        #expect(slots.open(5, address: "") == .acceptClosing(4))
        #expect(slots.open(6, address: "") == .acceptClosing(1))
    }

    @Test func `an address that is busy with its share gets no more`() {
        var slots = ConnectionSlots(max: 100, perAddressMax: 2)
        #expect(slots.open(1, address: "a") == .accept)
        #expect(slots.open(2, address: "a") == .accept)
        #expect(slots.open(3, address: "a") == .acceptClosing(1))
        slots.isBusy(2)
        slots.isBusy(3)
        #expect(slots.open(4, address: "a") == .refuse)
        #expect(slots.open(5, address: "b") == .accept)
        slots.close(2)
        #expect(slots.open(6, address: "a") == .accept)
    }

    /// Against a plain model that looks through everything.
    @Test func `random walks agree with a plain model`() {
        var seed = UInt64(0xC0FFEE)
        func random(_ below: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % below
        }
        var slots = ConnectionSlots(max: 20, perAddressMax: 6)
        var model: [UInt64: (address: String, idleSince: Int?)] = [:]
        var last: UInt64 = 0
        for step in 0..<20_000 {
            switch random(4) {
            case 0:
                last += 1
                let address = ["", "a", "b", "c", "d", "e"][random(6)]
                let own = model.filter { $0.value.address == address }
                func oldest(_ among: [UInt64: (address: String, idleSince: Int?)]) -> UInt64? {
                    among.filter { $0.value.idleSince != nil }
                        .min { ($0.value.idleSince ?? 0) < ($1.value.idleSince ?? 0) }?.key
                }
                var expected = ConnectionSlots.Verdict.accept
                if !address.isEmpty, own.count >= 6 {
                    expected = oldest(own).map { .acceptClosing($0) } ?? .refuse
                } else if model.count >= 20, let victim = oldest(model) {
                    expected = .acceptClosing(victim)
                }
                #expect(slots.open(last, address: address) == expected)
                if case .acceptClosing(let victim) = expected { model[victim] = nil }
                if expected != .refuse { model[last] = (address, step) }
            case 1:
                guard let id = model.keys.sorted().dropFirst(random(max(1, model.count))).first else { continue }
                slots.isBusy(id)
                model[id]?.idleSince = nil
            case 2:
                guard let id = model.keys.sorted().dropFirst(random(max(1, model.count))).first else { continue }
                slots.isIdle(id)
                if model[id]?.idleSince == nil { model[id]?.idleSince = step }
            default:
                guard let id = model.keys.sorted().dropFirst(random(max(1, model.count))).first else { continue }
                slots.close(id)
                model[id] = nil
            }
            #expect(slots.count == model.count)
            #expect(slots.hasIdle == model.values.contains { $0.idleSince != nil })
        }
    }

    @Test func `descriptors are shared out, or the gateway says how many it needs`() throws {
        #expect(try DescriptorPlan(limit: 256, lanes: 3).publicMax == 101)
        #expect(try DescriptorPlan(limit: 1 << 20, lanes: 3).publicMax == 2048)
        #expect(throws: DescriptorPlan.LimitError(limit: 186, needed: 187)) { try DescriptorPlan(limit: 186, lanes: 3) }
    }

    @Test(arguments: [
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"), ("127.0.0.1", "1.2.3.4, 203.0.113.9 , 127.0.0.1", "203.0.113.9"),
        ("203.0.113.1", "1.2.3.4", "203.0.113.1"), ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", nil, "127.0.0.1"),
        ("::ffff:127.0.0.1", "2001:db8::1", "2001:db8::1"),
    ])
    func `only a trusted proxy says whose request it is`(peer: String, field: String?, client: String) {
        #expect(TrustedProxies.loopback.client(peer: peer, forwardedFor: field) == client)
    }

    @Test func `an IPv6 line is one party`() {
        #expect(TrustedProxies.key("2001:db8::1") == TrustedProxies.key("2001:db8:0:0:ffff::2"))
        #expect(TrustedProxies.key("2001:db8::1") != TrustedProxies.key("2001:db8:0:1::1"))
    }
}
