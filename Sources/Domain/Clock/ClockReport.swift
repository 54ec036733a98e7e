/// The clocks of the gateway at one moment.
package struct ClockReport: Hashable, Sendable {
    /// What the machine says.
    package var wall: Instant
    /// What the services work with; another time than `wall` only while that is in doubt.
    package var steady: Instant
    /// In the services' time; nil while the wall clock is believed.
    package var suspectSince: Instant?
    /// The latest time the store has seen: no sound clock lies far before it.
    package var highWater: Instant

    package init(wall: Instant, steady: Instant, suspectSince: Instant?, highWater: Instant) {
        self.wall = wall
        self.steady = steady
        self.suspectSince = suspectSince
        self.highWater = highWater
    }
}
