import Domain
import Store
import Testing

@testable import Delivery

/// The phones of a lane that another credential rings.
struct PlatformPartTests {
    private var part = PlatformPart([.ios, .web])

    @Test(arguments: [(Platform.ios, true), (.web, true), (.android, false), (nil, false)] as [(Platform?, Bool)])
    func `the platforms that the provider names are rung through the other credential`(
        platform: Platform?,
        isConcerned: Bool
    ) {
        #expect(part.concerns(.sample(1, platform: platform)) == isConcerned)
        #expect(!PlatformPart([]).concerns(.sample(1, platform: platform)))
    }

    @Test mutating func `while its credential is refused one request at a time finds out, once a minute`() {
        var permitted = [part.permits(now: 0)]
        part.state.credentialRefused("403", now: 0)
        permitted += [part.permits(now: 59_999), part.permits(now: 60_000)]
        part.probe = 5
        permitted.append(part.permits(now: 60_000))
        part.probe = nil
        permitted.append(part.permits(now: 60_001))
        #expect(permitted == [true, false, true, false, true])
    }

    @Test mutating func `the look-up of a probe is asked for again when it has not come for ten seconds`() {
        #expect(part.isLookUpDue(now: 0))
        part.lookUpAskedAt = 0
        #expect(!part.isLookUpDue(now: PlatformPart.lookUpMilliseconds))
        #expect(part.isLookUpDue(now: PlatformPart.lookUpMilliseconds + 1))
    }

    @Test func `beyond what memory holds parked deliveries wait on the disk, and no longer than they are good for`()
        throws
    {
        var lane = LaneFixture()
        lane.machine.platform.state.credentialRefused("403", now: lane.time)
        let most = Int64(PlatformPart.parkedMax)
        lane.load((1...most).map { .sample($0, platform: .ios, readAt: lane.time) })
        let soon = lane.now.wall + .seconds(60)
        lane.load([
            .sample(most + 1, platform: .ios, readAt: lane.time),
            .sample(most + 2, platform: .web, expiresAt: soon, readAt: lane.time),
        ])
        let begun = lane.beginAll()
        #expect(begun.isEmpty && lane.machine.platform.parked.count == PlatformPart.parkedMax)
        #expect(lane.outcome(of: most + 1)?.retryAt == lane.now.wall + PlatformPart.waitOfRest)
        #expect(lane.state(of: most + 1) == .deferred && lane.state(of: most + 2) == .expired)
        // Not an attempt.
        #expect(lane.outcomes.allSatisfy { $0.attempts == 0 && $0.attempt == nil })
    }
}
