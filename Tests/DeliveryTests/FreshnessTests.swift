import Domain
import Testing

@testable import Delivery

/// Whether what was read a while ago still holds.
struct FreshnessTests {
    private var freshness = Freshness()

    private func isStale(_ device: Int64, readAt: Int64, now: Int64) -> Bool {
        freshness.isStale(.sample(device, readAt: readAt), now: now)
    }

    @Test func `what was read is good for a minute`() {
        #expect(!isStale(1, readAt: 0, now: 60_000) && isStale(1, readAt: 0, now: 60_001))
        #expect(!freshness.isOld(readAt: 0, now: 60_000) && freshness.isOld(readAt: 0, now: 60_001))
    }

    @Test mutating func `a change concerns its device, and what was read before or in the same millisecond`() {
        freshness.changed([DeviceID(rawValue: 3)], at: 100)
        #expect(isStale(3, readAt: 99, now: 100) && isStale(3, readAt: 100, now: 100))
        #expect(!isStale(3, readAt: 101, now: 101) && !isStale(4, readAt: 99, now: 100))
        // The page has others; only this one is looked up.
        #expect(!freshness.isOld(readAt: 99, now: 100))
    }

    @Test mutating func `the newest change of a device counts`() {
        freshness.changed([DeviceID(rawValue: 3)], at: 100)
        freshness.changed([DeviceID(rawValue: 3)], at: 200)
        #expect(isStale(3, readAt: 150, now: 200))
    }

    @Test mutating func `what waited behind a closed lane is old, what was read then or since is not`() {
        freshness.closedAt = 100
        #expect(freshness.isOld(readAt: 99, now: 100) && !freshness.isOld(readAt: 100, now: 100))
        #expect(isStale(1, readAt: 99, now: 100))
    }

    @Test mutating func `changes that nothing read before can meet any more make room`() {
        let half = Freshness.changesMax / 2 + 1
        freshness.changed((0..<half).map { DeviceID(rawValue: Int64($0)) }, at: 0)
        freshness.changed((0..<half).map { DeviceID(rawValue: Int64(10_000 + $0)) }, at: 60_001)
        #expect(isStale(10_000, readAt: 60_000, now: 60_002) && !isStale(5_000, readAt: 60_000, now: 60_002))
        // Another half of the same minute is too much: everything read before counts as changed.
        freshness.changed((0..<half).map { DeviceID(rawValue: Int64(20_000 + $0)) }, at: 60_003)
        #expect(isStale(5_000, readAt: 60_003, now: 60_004) && freshness.isOld(readAt: 60_003, now: 60_004))
        #expect(!isStale(5_000, readAt: 60_004, now: 60_004))
    }
}
