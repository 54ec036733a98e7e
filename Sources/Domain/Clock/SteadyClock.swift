/// The time the services work with: that of the wall clock, but for steps nobody has confirmed.
///
/// A step of the wall clock by more than five minutes (a time server gone wrong, a hand, a dead battery at start) must not expire, prune or
/// start anything. After such a step the time goes on from where it was, by the monotonic clock, until the wall clock has run without
/// another step for a minute; then it is believed. Smaller steps and slow drift are followed at once. Value type: both clocks come in.
package struct SteadyClock: Hashable, Sendable {
    package static let stepMaxMilliseconds: Int64 = 300_000
    package static let confirmationMilliseconds: Int64 = 60_000
    /// How far the two clocks may differ within a confirmation; a slewing time server moves by half a millisecond a second.
    private static let driftMaxMilliseconds: Int64 = 2_000

    private struct Reading: Hashable {
        var wall: Int64
        var monotonic: Int64
    }

    /// The last reading that was believed.
    private var base: Reading
    /// The first reading after the last step.
    private var doubt: Reading?
    /// When the first step was met, in the time that went on.
    package private(set) var suspectSince: Int64?

    package init(wall: Int64, monotonic: Int64) {
        base = Reading(wall: wall, monotonic: monotonic)
    }

    /// True while the wall clock says something else than ``now(wall:monotonic:)``.
    package var isInDoubt: Bool { doubt != nil }

    /// The store has seen this time: a wall clock that lies far before it at start is doubted as well.
    package mutating func hasBeen(_ instant: Instant, monotonic: Int64) {
        let believed = base.wall + (monotonic - base.monotonic)
        guard instant.milliseconds - believed > Self.stepMaxMilliseconds else { return }
        doubt = Reading(wall: believed, monotonic: monotonic)
        base = Reading(wall: instant.milliseconds, monotonic: monotonic)
        suspectSince = instant.milliseconds
    }

    /// Milliseconds since 1970 to work with.
    package mutating func now(wall: Int64, monotonic: Int64) -> Int64 {
        let expected = base.wall + (monotonic - base.monotonic)
        if abs(wall - expected) <= Self.stepMaxMilliseconds { return believe(wall, monotonic) }
        guard let first = doubt, abs((wall - first.wall) - (monotonic - first.monotonic)) <= Self.driftMaxMilliseconds
        else {
            doubt = Reading(wall: wall, monotonic: monotonic)
            suspectSince = suspectSince ?? expected
            return expected
        }
        return monotonic - first.monotonic >= Self.confirmationMilliseconds ? believe(wall, monotonic) : expected
    }

    /// A person says that the wall clock is right: it counts at once.
    package mutating func accept(wall: Int64, monotonic: Int64) { _ = believe(wall, monotonic) }

    private mutating func believe(_ wall: Int64, _ monotonic: Int64) -> Int64 {
        base = Reading(wall: wall, monotonic: monotonic)
        doubt = nil
        suspectSince = nil
        return wall
    }
}
