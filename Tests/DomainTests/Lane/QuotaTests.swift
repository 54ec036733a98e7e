import Domain
import Testing

struct RateBudgetTests {
    @Test func `no 60 seconds hold more than the quota, whichever second they begin in`() {
        var random = SeededWalk(seed: 51)
        var budget = RateBudget(perMinute: 500)
        var sent: [Int64] = []
        var now: Int64 = 0
        while now < 600_000 {
            now += Int64.random(in: 0...200, using: &random)
            guard budget.hasRoom(now: now) else { continue }
            for _ in 0..<Int.random(in: 1...20, using: &random) where budget.hasRoom(now: now) {
                budget.count()
                sent.append(now)
            }
        }
        for start in stride(from: Int64(0), to: 540_000, by: 250) {
            let count = sent.count { $0 >= start && $0 < start + 60_000 }
            #expect(count <= 500)
        }
        #expect(sent.count > 4000)
    }

    @Test func `it says when the next one fits`() throws {
        var budget = RateBudget(perMinute: 2)
        for now in [1_500, 9_000] as [Int64] where budget.hasRoom(now: now) { budget.count() }

        let announced = budget.wakeAt(now: 10_000)
        let wakeAt = try #require(announced)
        let (before, after) = (budget.hasRoom(now: wakeAt - 1), budget.hasRoom(now: wakeAt))

        #expect(wakeAt == 61_750)
        #expect(!before && after)
    }

    @Test func `an idle minute empties it`() {
        var budget = RateBudget(perMinute: 1)
        if budget.hasRoom(now: 0) { budget.count() }
        let hasRoom = budget.hasRoom(now: 3_600_000)
        #expect(hasRoom)
    }
}

extension DeviceRates {
    /// As a lane does: asks, and counts what goes.
    fileprivate mutating func take(_ device: DeviceID, now: Int64) -> Bool {
        guard hasRoom(device, now: now) else { return false }
        count(device, now: now)
        return true
    }
}

struct DeviceRatesTests {
    @Test func `a phone that was rung too often waits for the next minute, others do not`() {
        var rates = DeviceRates(perMinute: 3, perHour: 100)
        let (busy, other) = (DeviceID(rawValue: 7), DeviceID(rawValue: 8))

        let answers = (0..<5).map { _ in rates.take(busy, now: 1000) }
        let (otherMay, nextMinute) = (rates.take(other, now: 1000), rates.take(busy, now: 70_000))

        #expect(answers == [true, true, true, false, false])
        #expect(otherMay && nextMinute)
    }

    @Test func `no sixty seconds hold more than the bound, whichever second they begin in`() {
        var random = SeededWalk(seed: 61)
        var rates = DeviceRates(perMinute: 20, perHour: 10_000)
        let device = DeviceID(rawValue: 7)
        var rung: [Int64] = []
        var now: Int64 = 0
        while now < 600_000 {
            now += Int64.random(in: 0...1500, using: &random)
            if rates.take(device, now: now) { rung.append(now) }
        }
        for start in stride(from: Int64(0), to: 540_000, by: 500) {
            #expect(rung.count { $0 >= start && $0 < start + 60_000 } <= 20)
        }
        #expect(rung.count > 100)
    }

    @Test func `the hour counts across its minutes`() {
        var rates = DeviceRates(perMinute: 10, perHour: 25)
        let device = DeviceID(rawValue: 7)
        let rung = (0..<10).reduce(0) { sum, minute in
            sum + (0..<10).count { _ in rates.take(device, now: Int64(minute) * 70_000) }
        }
        let nextHour = rates.take(device, now: 3_900_000)
        #expect(rung == 25)
        #expect(nextHour)
    }
}

struct MassGuardTests {
    /// Good answers before, and the owners it takes when from then on all answers are bad.
    @Test(arguments: [0, 20, 1_000_000])
    func `a turn is seen within seventeen owners, whatever went before`(good: Int) {
        var guardian = MassGuard()
        for _ in 0..<good { guardian.passed() }
        let alarms = (1...40).filter { guardian.blamed(PersonID(rawValue: Int64($0)), now: 1000) != nil }
        #expect(alarms == [MassGuard.ownersMin] && MassGuard.ownersMin == 17)
        #expect(guardian.isFrozen)
    }

    @Test func `one owner a thousand times is one owner`() {
        var guardian = MassGuard()
        for _ in 0..<1000 {
            let alarm = guardian.blamed(PersonID(rawValue: 1), now: 0)
            #expect(alarm == nil)
        }
    }

    /// Share of bad answers, and whether it is the tokens.
    @Test(arguments: [(0.05, false), (0.2, false), (0.6, true), (0.9, true)])
    func `a fifth of bad answers are tokens, three fifths are not`(share: Double, isAlarm: Bool) {
        var random = SeededWalk(seed: 7)
        var guardian = MassGuard()
        for number in 0..<20_000 {
            if Double.random(in: 0..<1, using: &random) < share {
                _ = guardian.blamed(PersonID(rawValue: Int64(number)), now: 0)
            } else {
                guardian.passed()
            }
        }
        #expect(guardian.isFrozen == isAlarm)
    }

    @Test func `what is in doubt reaches back to the beginning of the run`() {
        var guardian = MassGuard()
        var doubt: Int64?
        for number in 1...17 where doubt == nil {
            doubt = guardian.blamed(PersonID(rawValue: Int64(number)), now: 1_000_000 + Int64(number) * 60_000)
        }
        #expect(doubt == 1_060_000)
    }

    @Test func `a release counts anew`() {
        var guardian = MassGuard()
        guardian.freeze()
        #expect(guardian.isFrozen)
        guardian.release()
        #expect(!guardian.isFrozen)
    }
}

struct FailureShareTests {
    @Test func `half of the answers failing opens the lane, a quarter does not`() {
        var sick = LaneState(windowMax: 100)
        var shaky = LaneState(windowMax: 100)
        for number in 0..<400 {
            if number % 3 == 0 { sick.answered() } else { sick.failed("500", now: 0, random: 0) }
            if number % 4 == 0 { shaky.failed("500", now: 0, random: 0) } else { shaky.answered() }
        }
        #expect(sick.word == "open")
        #expect(shaky.isActive)
    }

    @Test func `a lane that comes back begins with a tenth`() {
        var lane = LaneState(windowMax: 1000)
        for _ in 0..<5000 { lane.answered() }
        let before = lane.windowSize(now: 0)
        lane.busy("503", retryAfter: nil, now: 0, random: 0)
        lane.resume()
        lane.answered()
        #expect(before == 1000)
        let after = lane.windowSize(now: 0)
        #expect(after == 100)
    }
}
