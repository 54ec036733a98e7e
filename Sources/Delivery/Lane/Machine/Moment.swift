import Domain

/// One moment on both clocks.
struct Moment: Sendable {
    /// What is stored: the end of a delivery, the time of a retry.
    var wall: Instant
    /// Milliseconds, for waiting: a step of the wall clock opens and closes nothing.
    var monotonic: Int64
}
