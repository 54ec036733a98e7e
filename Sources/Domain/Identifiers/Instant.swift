/// A point in time: milliseconds since 1970-01-01T00:00:00Z, as the store keeps it.
///
/// Only the assembly reads a clock; everything below is handed the instant it works at.
package struct Instant: Hashable, Comparable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package init(seconds: Int64) {
        milliseconds = seconds * 1000
    }

    /// Whole seconds since 1970, rounded down.
    package var seconds: Int64 { milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000 }

    package static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.milliseconds < rhs.milliseconds }

    /// Stops at the ends of time: a provider may ask for any wait.
    package static func + (lhs: Instant, rhs: Duration) -> Instant {
        let (sum, overflow) = lhs.milliseconds.addingReportingOverflow(rhs.wholeMilliseconds)
        return Instant(milliseconds: overflow ? (rhs < .zero ? .min : .max) : sum)
    }

    package static func - (lhs: Instant, rhs: Duration) -> Instant { lhs + (.zero - rhs) }

    package static func - (lhs: Instant, rhs: Instant) -> Duration {
        .milliseconds(lhs.milliseconds - rhs.milliseconds)
    }
}

extension Duration {
    /// Milliseconds, rounded towards zero; the nearest there is when they do not fit.
    package var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        let (sum, carry) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        return overflow || carry ? (seconds < 0 ? .min : .max) : sum
    }
}
