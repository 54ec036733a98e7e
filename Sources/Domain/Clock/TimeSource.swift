/// Where the services take the time from; the assembly passes the system's clocks, tests their own.
package struct TimeSource: Sendable {
    /// The wall clock, for what is stored.
    package var now: @Sendable () -> Instant
    /// Monotonic milliseconds, for waiting.
    package var monotonic: @Sendable () -> Int64

    package init(now: @escaping @Sendable () -> Instant, monotonic: @escaping @Sendable () -> Int64) {
        self.now = now
        self.monotonic = monotonic
    }
}
