/// One slot of a page's result: two bytes, overwritten in place.
package struct SlotResult: Hashable, Sendable {
    package var state: DeliveryState
    /// Why; nil for pending, and for accepted but of a recap.
    package var reason: Reason?
    /// Attempts so far, 15 at most; only kept with `accepted`, `retry` rows have the exact number.
    package var attempts: UInt8
    /// Answer time as a power of two of milliseconds, 0…15; only with `accepted`.
    package var latencyBucket: UInt8
    /// Of class `encrypted`, but what `generic` shows, since the phone has no keys; only with `accepted`.
    package var isSentAsGeneric = false

    package init(_ state: DeliveryState, reason: Reason? = nil, attempts: Int = 0, latencyBucket: UInt8 = 0) {
        self.state = state
        self.reason = reason
        self.attempts = UInt8(clamping: min(attempts, 15))
        self.latencyBucket = min(latencyBucket, 15)
    }

    package static let pending = SlotResult(.pending)
    /// Waits for what becomes of another event that says the same to the same person.
    package static let merging = SlotResult(.deferred, reason: .merged)
    /// Waits for the message that announces it together with others.
    package static let inRecap = SlotResult(.deferred, reason: .recap)
    /// The provider accepted a message that announces it together with others.
    package static let acceptedInRecap = SlotResult(.accepted, reason: .recap)
    /// Of ``acceptedInRecap`` in a page's result. Whatever is accepted by itself has an attempt.
    private static let acceptedInRecapByte: UInt8 = 0xF0
    /// In the place of `accepted`.
    private static let sentAsGenericByte: UInt8 = 9

    package static func accepted(
        attempts: Int,
        latencyMilliseconds: Int64,
        isSentAsGeneric: Bool = false
    ) -> SlotResult {
        let bits = UInt8(clamping: Int64.bitWidth - max(latencyMilliseconds, 0).leadingZeroBitCount)
        var result = SlotResult(.accepted, attempts: attempts, latencyBucket: bits)
        result.isSentAsGeneric = isSentAsGeneric
        return result
    }

    /// Waits for something else than another attempt.
    package var isBeforeFirstAttempt: Bool {
        state == .deferred && (reason == .merged || reason == .quietHours || reason == .recap)
    }

    package var bytes: (UInt8, UInt8) {
        guard state == .accepted else { return (state.rawValue, reason?.rawValue ?? 0) }
        let first = isSentAsGeneric ? Self.sentAsGenericByte : state.rawValue
        return (first, reason == .recap ? Self.acceptedInRecapByte : latencyBucket << 4 | attempts)
    }

    /// nil when a byte has no meaning: the page is damaged.
    package init?(_ first: UInt8, _ second: UInt8) {
        if first == Self.sentAsGenericByte {
            self.init(.accepted, attempts: Int(second & 15), latencyBucket: second >> 4)
            isSentAsGeneric = true
            return
        }
        guard let state = DeliveryState(rawValue: first) else { return nil }
        if state == .accepted, second == Self.acceptedInRecapByte {
            self = .acceptedInRecap
        } else if state == .accepted {
            self.init(state, attempts: Int(second & 15), latencyBucket: second >> 4)
        } else if second == 0 {
            self.init(state)
        } else if let reason = Reason(rawValue: second) {
            self.init(state, reason: reason)
        } else {
            return nil
        }
    }
}
