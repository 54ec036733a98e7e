import Domain
import Providers
import Testing

@testable import Delivery

/// Which push services have a lane, while anybody may name a host.
@Suite(.timeLimit(.minutes(1)))
struct ServiceSlotsTests {
    private static let most = ServiceLanes.lanesMax

    private func service(_ name: String) -> LaneKey { LaneKey(provider: .webpush, environment: nil, app: name) }

    private func full(_ standing: ServiceSlots.Standing) -> ServiceSlots {
        var slots = ServiceSlots()
        for number in 0..<Self.most {
            let service = service("s\(number).example.org")
            slots.opened(service, now: Int64(number))
            slots.note(service, standing)
        }
        return slots
    }

    @Test func `there is a place until all are taken, and another provider has its own`() {
        var slots = ServiceSlots()
        for number in 0..<Self.most {
            let service = service("s\(number).example.org")
            #expect(slots.place(for: service, now: 0) == .free)
            slots.opened(service, now: 0)
        }
        #expect(slots.place(for: service("new.example.org"), now: 1) == .none)
        let other = LaneKey(provider: .unifiedpush, environment: nil, app: "new.example.org")
        #expect(slots.place(for: other, now: 1) == .free)
    }

    @Test func `the oldest that nobody could connect to gives way at once, one that still tries after its time`() {
        #expect(full(.failed).place(for: service("new.example.org"), now: 100) == .insteadOf(service("s0.example.org")))
        let trying = full(.trying)
        let end = ServiceSlots.trialMilliseconds
        #expect(trying.place(for: service("new.example.org"), now: end - 1) == .none)
        #expect(trying.place(for: service("new.example.org"), now: end) == .insteadOf(service("s0.example.org")))
    }

    @Test func `one to which a connection stood gives way to nobody, whatever came after`() {
        var slots = full(.proven)
        for number in 0..<Self.most { slots.note(service("s\(number).example.org"), .failed) }
        #expect(slots.place(for: service("new.example.org"), now: .max) == .none)
        slots.forget(service("s7.example.org"))
        #expect(slots.place(for: service("new.example.org"), now: 0) == .free)
    }

    @Test func `one that gave way takes no place from another for a while, and what waits for it is kept`() {
        var slots = full(.failed)
        let loser = service("s0.example.org")
        slots.yielded(loser, now: 1_000)
        slots.opened(service("new.example.org"), now: 1_000)
        #expect(slots.waiting == [loser])
        #expect(slots.place(for: loser, now: 1_001) == .none)
        #expect(slots.place(for: loser, now: 1_000 + ServiceSlots.failureMilliseconds) != .none)
        slots.forget(service("s1.example.org"))
        #expect(slots.place(for: loser, now: 1_001) == .free)
        slots.opened(loser, now: 1_001)
        #expect(slots.waiting.isEmpty)
    }

    @Test func `whatever is asked, bounds hold and a proven service keeps its place`() {
        var random = SplitMix64(seed: 7)
        var slots = ServiceSlots()
        var proven: Set<LaneKey> = []
        for now in 0..<20_000 {
            let service = service("s\(random.next() % 3_000).example.org")
            guard !slots.services.contains(service) else {
                if random.next() % 40 == 0, proven.count < Self.most / 2 {
                    slots.note(service, .proven)
                    proven.insert(service)
                } else {
                    slots.note(service, .failed)
                }
                continue
            }
            switch slots.place(for: service, now: Int64(now)) {
            case .none: slots.wait(service)
            case .insteadOf(let other):
                #expect(!proven.contains(other))
                slots.yielded(other, now: Int64(now))
                slots.opened(service, now: Int64(now))
            case .free: slots.opened(service, now: Int64(now))
            }
            #expect(slots.services.count <= Self.most && slots.waiting.count <= ServiceSlots.rememberedMax)
            #expect(proven.isSubset(of: slots.services))
        }
        #expect(proven.count > 2)
    }
}
