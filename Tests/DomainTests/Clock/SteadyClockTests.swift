import Domain
import Testing

struct SteadyClockTests {
    static let start: Int64 = 1_790_000_000_000
    static let hour: Int64 = 3_600_000

    @Test(arguments: [hour, -hour, 87_660 * hour, 300_001, -300_001])
    func `a step is not followed before the clock has run steadily for a minute`(step: Int64) {
        var clock = SteadyClock(wall: Self.start, monotonic: 0)
        #expect(clock.now(wall: Self.start + 10, monotonic: 10) == Self.start + 10)

        for passed in stride(from: Int64(1000), to: 60_000, by: 1000) {
            #expect(clock.now(wall: Self.start + step + passed, monotonic: passed) == Self.start + passed)
            #expect(clock.isInDoubt)
        }

        #expect(clock.now(wall: Self.start + step + 61_000, monotonic: 61_000) == Self.start + step + 61_000)
        #expect(!clock.isInDoubt)
    }

    @Test func `a clock that steps back in time leaves no trace`() {
        var clock = SteadyClock(wall: Self.start, monotonic: 0)
        _ = clock.now(wall: Self.start + Self.hour, monotonic: 1000)
        #expect(clock.now(wall: Self.start + 2000, monotonic: 2000) == Self.start + 2000)
        #expect(!clock.isInDoubt)
    }

    @Test func `another step begins the minute anew`() {
        var clock = SteadyClock(wall: Self.start, monotonic: 0)
        _ = clock.now(wall: Self.start + Self.hour, monotonic: 0)
        #expect(clock.now(wall: Self.start + 3 * Self.hour + 59_000, monotonic: 59_000) == Self.start + 59_000)
        #expect(clock.now(wall: Self.start + 3 * Self.hour + 70_000, monotonic: 70_000) == Self.start + 70_000)
        #expect(
            clock.now(wall: Self.start + 3 * Self.hour + 120_000, monotonic: 120_000)
                == Self.start + 3 * Self.hour + 120_000
        )
    }

    @Test func `a person's word ends the doubt at once, and since when it lasts is known`() {
        var clock = SteadyClock(wall: Self.start, monotonic: 0)
        _ = clock.now(wall: Self.start + Self.hour, monotonic: 1000)
        _ = clock.now(wall: Self.start + 3 * Self.hour, monotonic: 2000)
        #expect(clock.suspectSince == Self.start + 1000)
        clock.accept(wall: Self.start + 3 * Self.hour, monotonic: 3000)
        #expect(!clock.isInDoubt && clock.suspectSince == nil)
        #expect(
            clock.now(wall: Self.start + 3 * Self.hour + 1000, monotonic: 4000) == Self.start + 3 * Self.hour + 1000
        )
    }

    @Test func `small steps, summer time of no clock and slow drift are followed`() {
        var clock = SteadyClock(wall: Self.start, monotonic: 0)
        var wall = Self.start
        for second in Int64(1)...1000 {
            wall += second.isMultiple(of: 100) ? 240_000 : 1001
            #expect(clock.now(wall: wall, monotonic: second * 1000) == wall)
        }
    }

    @Test func `at start the wall clock may not lie far before what the store has seen`() {
        var clock = SteadyClock(wall: Self.start - 87_660 * Self.hour, monotonic: 0)
        clock.hasBeen(Instant(milliseconds: Self.start), monotonic: 5)
        #expect(clock.isInDoubt)
        #expect(clock.now(wall: Self.start - 87_660 * Self.hour + 1005, monotonic: 1005) == Self.start + 1000)

        // A time server answers.
        #expect(clock.now(wall: Self.start + 20_000, monotonic: 2005) == Self.start + 20_000)
        #expect(!clock.isInDoubt)

        var sound = SteadyClock(wall: Self.start, monotonic: 0)
        sound.hasBeen(Instant(milliseconds: Self.start - 1), monotonic: 0)
        #expect(!sound.isInDoubt)
    }
}
