import Domain
import Testing

@testable import Delivery

/// What lanes of one host learn from each other.
struct HostHealthTests {
    @Test func `an ill host lets one request through, of whichever lane`() {
        var host = HostHealth()
        host.inFlight = 5_000
        // No window of its own.
        var permitted = [host.permits(now: 0)]
        host.state.busy("503", retryAfter: 5_000, now: 0, random: 0)
        permitted.append(host.permits(now: 4_999))
        host.inFlight = 0
        permitted.append(host.permits(now: 5_000))
        host.inFlight = 1
        permitted.append(host.permits(now: 5_000))
        #expect(permitted == [true, false, true, false])
    }

    @Test func `lanes of one host wait for each other's lost answers, and not for each other's quota`() throws {
        for (verdict, status, isHostOpen) in [
            (Verdict.laneBusy(retryAfter: nil), 429, true), (.credentialFault, 403, true), (.ambiguous, 0, false),
            (.deferred(retryAfter: nil), 500, false), (.deferred(retryAfter: nil), 429, true),
        ] {
            var first = LaneFixture()
            var second = LaneFixture()
            for number in 1...Int64(LaneState.failuresMax) {
                // Each is its own lane's first: the lane's breaker stays out of it.
                first.machine.lane = LaneState(windowMax: 100)
                first.load([.sample(number, readAt: first.time)])
                _ = first.answer(try first.beginOne(), verdict, status: status, isAnswered: status > 0)
            }
            second.host = first.host
            second.load(100...101)
            let begun = second.beginAll()
            #expect(begun.isEmpty != isHostOpen, "\(verdict) \(status)")
        }
    }
}
