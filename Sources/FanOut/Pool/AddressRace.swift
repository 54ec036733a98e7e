/// Happy eyeballs: which of several addresses to try when [RFC 8305 §5]. Pure; the dialler holds the sockets.
package struct AddressRace: Sendable {
    /// The RFC's Connection Attempt Delay.
    package static let attemptDelay: Duration = .milliseconds(250)

    private let count: Int
    private var started = 0
    private var running = 0
    private var nextStart: MonotonicTime

    package init(addressCount: Int, _ now: MonotonicTime) {
        count = addressCount
        nextStart = now
    }

    /// The index of an address whose turn it is.
    package mutating func startDue(_ now: MonotonicTime) -> Int? {
        guard started < count, now >= nextStart else { return nil }
        defer {
            started += 1
            running += 1
            nextStart = now + Self.attemptDelay
        }
        return started
    }

    /// An attempt failed: the next need not wait.
    package mutating func failed(_ now: MonotonicTime) {
        running -= 1
        nextStart = now
    }

    /// Every address was tried and none is left running.
    package var isLost: Bool { started == count && running == 0 }

    package var nextTimer: MonotonicTime? { started < count ? nextStart : nil }
}
